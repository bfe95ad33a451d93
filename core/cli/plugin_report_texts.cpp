#include "cli/plugin_report_texts.h"

#include <iterator>

namespace xiaogate::cli {
namespace {

using kit::Check;
using kit::Problem;

struct CheckRow {
  Check check;
  const char* english;
  const char* chinese;
};

constexpr CheckRow kChecks[] = {
    {Check::manifest, "manifest and library", "清单与动态库"},
    {Check::models, "Thing Models", "物模型接口"},
    {Check::recordings, "recordings give the expected effects", "录音回放得到预期结果"},
    {Check::determinism, "the same inputs give the same effects", "同样输入，同样结果"},
    {Check::restart, "goes on after a restart at every step", "任意一步重启后仍能继续"},
    {Check::hostile, "survives hostile and random inputs", "经受恶意与随机输入"},
    {Check::effects, "keeps to its topics, Thing Models and state quota",
     "遵守主题、物模型与状态配额"},
    {Check::call_time, "time of a call", "单次调用耗时"},
    {Check::memory, "memory does not grow", "内存不增长"},
};

struct ProblemRow {
  Problem problem;
  const char* english;
  const char* chinese;
  const char* advice_english;
  const char* advice_chinese;
};

constexpr ProblemRow kProblems[] = {
    {Problem::manifest_fault, "{0}", "{0}", "Mend that member; docs/vendors.md lists them all.",
     "请修改该成员；全部成员见 docs/vendors.zh-CN.md。"},
    {Problem::does_not_start, "the plugin does not start: {0}", "插件无法启动：{0}",
     "Build library and manifest of one name and version, and let create() accept the devices of "
     "the first recording.",
     "动态库与清单的名称、版本须一致，create() 须接受第一个录音文件中的设备。"},
    {Problem::model_fault, "{0}", "{0}",
     "Name Thing Models that exist and, for each, optional affordances that it has.",
     "只能写已有的物模型，以及该物模型中的可选能力。"},
    {Problem::no_recording, "there is no recording", "没有录音文件",
     "Put real traffic of the device into recordings/*.jsonl; docs/vendors.md describes the "
     "format.",
     "请把设备的真实报文放入 recordings/*.jsonl，格式见 docs/vendors.md。"},
    {Problem::recording_fault, "{0}", "{0}",
     "Mend that line; docs/vendors.md describes the format.",
     "请修改该行；格式见 docs/vendors.zh-CN.md。"},
    {Problem::wrong_effects, "other effects than recorded: {0}", "结果与录音不符：{0}",
     "Mend the plugin, or the recording if the plugin is right.",
     "请修改插件；若插件正确则修改录音文件。"},
    {Problem::wrongly_understood, "understood what it should not: {0}", "不应理解却理解了：{0}",
     "Return \"not understood\" for such an input, so that it is journalled.",
     "对此类输入应返回“不理解”，以便记入账本。"},
    {Problem::not_understood, "not understood: {0}", "未能理解：{0}",
     "Mend the plugin: handle() returned non-zero or the handler threw.",
     "请修改插件：handle() 返回了非零值或处理函数抛出异常。"},
    {Problem::differs_when_repeated, "not the same the second time: {0}", "第二次结果不同：{0}",
     "Use nothing but the input, the configuration and the state: no clock, no random numbers, no "
     "addresses, no unordered containers in what is sent.",
     "只能使用输入、配置与状态：不得使用时钟、随机数、地址，发出内容不得依赖无序容器。"},
    {Problem::restart_fails, "does not start again with what it has put: {0}",
     "用自己保存的状态无法重新启动：{0}",
     "create() must accept every state that the plugin itself put(); ignore what is of no use any "
     "more.",
     "create() 必须接受插件自己 put() 的任何状态；不再有用的应忽略。"},
    {Problem::command_lost_by_restart, "a command is lost by a restart: {0}", "重启后命令失效：{0}",
     "Put into the state what commands need, or mark the answer \"after_restart\": \"differs\" if "
     "that is right.",
     "请把命令所需的信息 put() 进状态；若确属正常，请在该行加 \"after_restart\": \"differs\"。"},
    {Problem::forgets_at_restart, "says something else after a restart: {0}", "重启后结果不同：{0}",
     "Fine when it only repeats or leaves out what is known; put() what must not be forgotten, or "
     "mark the answer \"after_restart\": \"differs\".",
     "若只是重复或略去已知信息则无妨；不可遗忘的请 put()，或在该行加 \"after_restart\": "
     "\"differs\"。"},
    {Problem::crashed, "the process ended: {0}", "插件进程崩溃：{0}",
     "Mend it: check every length and type of what comes; the same --seed repeats it.",
     "请修复：检查每个输入的长度与类型；用同一 --seed 可重现。"},
    {Problem::hung, "no answer: {0}", "没有应答：{0}",
     "Let no loop depend on what an input says; the gateway kills a plugin after 250 ms.",
     "循环次数不得取决于输入内容；网关 250 毫秒后会终止插件。"},
    {Problem::broke_the_wire, "wrote to the gateway's wire: {0}", "破坏了与网关的通信：{0}",
     "A plugin uses no descriptor; give effects to the sink alone.",
     "插件不得使用任何文件描述符，结果只能交给 sink。"},
    {Problem::unknown_device, "an effect for a device that is not its own: {0}",
     "结果指向不属于本插件的设备：{0}",
     "Name only devices of the configuration that create() was given.",
     "只能使用 create() 配置中的设备。"},
    {Problem::topic_not_allowed, "publishes where its manifest does not let it: {0}",
     "向清单未允许的主题发布：{0}",
     "Add the topic's pattern to /topics/publish of the manifest, or publish elsewhere.",
     "请在清单 /topics/publish 中加入该主题模式，或改用其他主题。"},
    {Problem::breaks_model, "an event breaks its Thing Model: {0}", "事件不符合物模型：{0}",
     "Send only events of the Thing Models in /interfaces, exactly as they describe them; the "
     "gateway drops any other.",
     "只能发送 /interfaces 中物模型的事件且格式完全一致；其他会被网关丢弃。"},
    {Problem::state_too_large, "state beyond its bound: {0}", "状态超限：{0}",
     "Keys have at most 128 octets, values at most 64 KiB.", "键至多 128 字节，值至多 64 KiB。"},
    {Problem::state_grows, "the state grew to {0} octets", "状态增长到 {0} 字节",
     "Keep at most 1 MiB: erase keys by putting an empty value.",
     "总计至多 1 MiB；用空值 put() 可删除键。"},
    {Problem::slow, "one call in a hundred takes {0} ms or more",
     "百分之一的调用耗时达 {0} 毫秒或更多",
     "Make calls faster: the gateway kills a plugin that takes 250 ms.",
     "请提高速度：超过 250 毫秒网关会终止插件。"},
    {Problem::slow_once, "the slowest call took {0} ms", "最慢的一次调用耗时 {0} 毫秒",
     "If this machine was not busy, find out which input it was.",
     "若本机当时不忙，请查明是哪个输入。"},
    {Problem::memory_grows, "memory goes on growing, by {0} KiB", "内存持续增长，共 {0} KiB",
     "Bound every container that inputs fill; look for a leak.",
     "凡由输入填充的容器都要设上限；检查是否有内存泄漏。"},
    {Problem::memory_unknown, "the memory of the process could not be read", "无法读取进程内存",
     "Run it where /proc is mounted.", "请在挂载了 /proc 的系统上运行。"},
};

constexpr bool complete() {
  if (std::size(kChecks) != static_cast<std::size_t>(Check::count)) return false;
  if (std::size(kProblems) != static_cast<std::size_t>(Problem::count)) return false;
  for (std::size_t i = 0; i < std::size(kChecks); ++i) {
    if (kChecks[i].check != static_cast<Check>(i)) return false;
  }
  for (std::size_t i = 0; i < std::size(kProblems); ++i) {
    if (kProblems[i].problem != static_cast<Problem>(i)) return false;
  }
  return true;
}
static_assert(complete(), "one row each, in the order of the enumerations");

const ProblemRow& row(Problem problem) {
  return kProblems[static_cast<std::size_t>(problem)];
}

}  // namespace

std::string check_text(Language language, Check check) {
  const CheckRow& found = kChecks[static_cast<std::size_t>(check)];
  return language == Language::chinese ? found.chinese : found.english;
}

std::string what_text(Language language, const kit::Finding& finding) {
  const ProblemRow& found = row(finding.problem);
  std::string text = language == Language::chinese ? found.chinese : found.english;
  if (const auto place = text.find("{0}"); place != std::string::npos) {
    text.replace(place, 3, finding.detail);
  }
  return text;
}

std::string advice_text(Language language, Problem problem) {
  const ProblemRow& found = row(problem);
  return language == Language::chinese ? found.advice_chinese : found.advice_english;
}

}  // namespace xiaogate::cli
