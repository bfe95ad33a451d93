#include "cli/texts.h"

#include <array>
#include <utility>

namespace xiaogate::cli {
namespace {

struct Row {
  Text text;
  std::string_view english;
  std::string_view chinese;
};

constexpr Row kRows[] = {
    {Text::help_program, "One command for everybody who works with a xiaogate gateway.",
     "小哥门网关的命令行工具。"},
    {Text::help_json, "Print JSON instead of text.", "输出 JSON。"},
    {Text::help_lang, "Language of the output; by default that of LC_ALL or LANG.",
     "输出语言；默认取自 LC_ALL 或 LANG。"},
    {Text::help_journal, "The record of everything that happened at the site.",
     "站点的全部记录（日志账本）。"},
    {Text::help_journal_show, "Shows records, oldest first; a running gateway is not disturbed.",
     "按时间顺序显示记录；不影响运行中的网关。"},
    {Text::help_journal_verify, "Checks the hash chain from the oldest record to the newest.",
     "校验从最早到最新记录的哈希链。"},
    {Text::help_status, "What a running gateway is doing.", "显示运行中网关的状态。"},
    {Text::help_gate, "Opens a gate by hand, locks an area down, releases it.",
     "手动开门、封闭区域、解除封闭。"},
    {Text::help_gate_open, "Opens the gate of one access point once.",
     "把一个出入口的门打开一次。"},
    {Text::help_gate_lock_down,
     "From now on nothing opens, except in a fire: an area, or the whole site.",
     "封闭一个区域（不填则整个站点）：除火警外一律不开门。"},
    {Text::help_gate_release, "Ends a lock-down: of an area, or every one of the site.",
     "解除一个区域的封闭（不填则解除全部）。"},
    {Text::help_rider, "Riders at the hub, and a demo phone that shows their codes.",
     "枢纽侧骑手管理，以及出示骑手码的演示手机。"},
    {Text::help_rider_add, "Makes a phone's key and registers it at the hub.",
     "生成手机密钥并在枢纽登记骑手。"},
    {Text::help_rider_revoke, "Revokes a credential for good.", "永久吊销凭证。"},
    {Text::help_rider_suspend, "Suspends a credential until it is restored.", "暂停凭证，可恢复。"},
    {Text::help_rider_restore, "Makes a suspended credential valid again.", "恢复被暂停的凭证。"},
    {Text::help_rider_list, "Lists the riders of the hub.", "列出枢纽登记的骑手。"},
    {Text::help_rider_code, "Prints a fresh code, as the phone would show it.",
     "打印手机此刻出示的骑手码。"},
    {Text::option_access_point, "Id of the access point.", "出入口编号。"},
    {Text::option_area, "Id of the area; the whole site when left out.",
     "区域编号；不填为整个站点。"},
    {Text::option_by, "Who orders it, for the record; by default the login name.",
     "下令人，记入账本；默认为登录名。"},
    {Text::option_why, "Why, for the record.", "原因，记入账本。"},
    {Text::help_access, "Who may enter, where and when.", "谁能进、在哪进、何时进。"},
    {Text::help_access_explain,
     "Says which rule of a site configuration lets a rider in or keeps them out.",
     "说明站点配置中哪条规则放行或拒绝某骑手。"},
    {Text::option_data, "The gateway's data directory.", "网关的数据目录。"},
    {Text::option_from, "Sequence number of the first record.", "起始记录序号。"},
    {Text::option_limit, "How many records at most; 0 for all.", "最多显示多少条；0 为全部。"},
    {Text::option_gateway_socket, "Admin socket of the gateway.", "网关的管理套接字。"},
    {Text::option_hub, "Admin socket of the hub.", "枢纽的管理套接字。"},
    {Text::option_phone, "The phone's file, made by rider add.", "手机文件（由 rider add 生成）。"},
    {Text::option_phone_new, "Where the phone's key and credential are kept; must not exist yet.",
     "保存手机密钥与凭证的文件；不得已存在。"},
    {Text::option_algorithm, "Algorithm of the phone's key.", "手机密钥的算法。"},
    {Text::option_subject, "Pseudonym of the rider; made up by the hub when not given.",
     "骑手代号；不填则由枢纽生成。"},
    {Text::option_scope, "Access profiles, separated by one blank.",
     "通行权限名称，用一个空格分隔。"},
    {Text::option_valid_days, "For how many days the credential is valid.", "凭证有效天数。"},
    {Text::option_rider_id, "Credential id, 16 hexadecimal digits; or give --phone.",
     "凭证编号（16 位十六进制），或用 --phone。"},
    {Text::option_reason, "Why, for the hub's records.", "原因，记入枢纽。"},
    {Text::option_full, "The self-contained code, for gates that do not know the credential yet.",
     "完整骑手码（自带凭证），用于尚未同步该凭证的门。"},
    {Text::option_at, "Make the code as of this Unix time in seconds; by default now.",
     "按此 Unix 时间（秒）生成；默认现在。"},
    {Text::option_config, "The site configuration.", "站点配置文件。"},
    {Text::option_gate, "The access point, or its gate.", "出入口名称，或其门禁设备。"},
    {Text::option_credential, "Credential id; looked up in --data.",
     "凭证编号，在 --data 目录中查找。"},
    {Text::option_explain_phone, "The phone whose credential is meant.",
     "以此手机文件中的凭证为准。"},
    {Text::option_explain_scope, "A rider with these access profiles, whoever it is.",
     "假设的骑手：拥有这些通行权限。"},
    {Text::option_explain_subject, "With --scope: the rider's pseudonym.",
     "与 --scope 同用：骑手代号。"},
    {Text::option_explain_at, "When, by the site's clock: 2026-10-01T08:30; by default now.",
     "时间（站点当地）：2026-10-01T08:30；默认现在。"},
    {Text::option_explain_data, "The gateway's data directory: credentials, and who is inside.",
     "网关的数据目录：凭证与在内人员。"},
    {Text::journal_empty, "The journal is empty.", "账本为空。"},
    {Text::journal_good,
     "{0} records, {1} to {2}: the chain is whole. Acknowledged by the hub: {3}.",
     "共 {0} 条记录（{1} 至 {2}），哈希链完整。枢纽已确认至 {3}。"},
    {Text::journal_broken, "The journal is damaged: {0}", "账本已损坏：{0}"},
    {Text::status_gateway, "Gateway {0}, version {1}", "网关 {0}，版本 {1}"},
    {Text::status_links, "Links: devices {0}, hub {1}", "链路：设备侧 {0}，枢纽侧 {1}"},
    {Text::status_up, "up", "已连接"},
    {Text::status_down, "down", "未连接"},
    {Text::status_journal, "Journal: newest record {0}, acknowledged by the hub up to {1}",
     "账本：最新记录 {0}，枢纽已确认至 {1}"},
    {Text::status_feed, "Feed: region {0}, batch {1}", "凭证下发：区域 {0}，批次 {1}"},
    {Text::status_decisions, "Decisions since the start: {0} granted, {1} denied",
     "启动以来的判定：放行 {0}，拒绝 {1}"},
    {Text::status_rejected, "Messages rejected since the start: {0}", "启动以来拒收的消息：{0}"},
    {Text::status_alarms, "Alarms:", "报警："},
    {Text::status_points, "Access points:", "出入口："},
    {Text::status_point, "  {0}  gate {1}, door {2}, {3}", "  {0}  门禁 {1}，门 {2}，{3}"},
    {Text::status_areas, "Areas:", "区域："},
    {Text::status_fire, "FIRE", "火警"},
    {Text::status_bays, "bays: {0} free, {1} occupied, {2} unknown",
     "车位：空 {0}，占用 {1}，未知 {2}"},
    {Text::status_devices, "Devices:", "设备："},
    {Text::status_plugins, "Plugins:", "插件："},
    {Text::status_parked,
     "ATTENTION: plugin {0} failed too often and is parked; its devices do nothing. See "
     "plugin_parked "
     "in the journal, then start it again (POST /v1/plugins/{0}/start) or install another version.",
     "注意：插件 {0} 屡次故障，已停用，它的设备不工作。请查看日志中的 plugin_parked，再重新启动它"
     "（POST /v1/plugins/{0}/start）或安装其他版本。"},
    {Text::status_none, "  none", "  无"},
    {Text::gate_site, "the whole site", "整个站点"},
    {Text::gate_opened, "Opening {0}, record {1}.", "正在打开 {0}，记录 {1}。"},
    {Text::gate_locked_down, "Locked down: {0}, record {1}.", "已封闭：{0}，记录 {1}。"},
    {Text::gate_released, "Released: {0}, record {1}.", "已解除封闭：{0}，记录 {1}。"},
    {Text::rider_added, "Rider {0} registered, credential {1}. The phone is in {2}.",
     "骑手 {0} 已登记，凭证 {1}。手机文件：{2}。"},
    {Text::rider_status, "Credential {0} is now {1}.", "凭证 {0} 现为：{1}。"},
    {Text::rider_none, "No riders yet.", "尚无骑手。"},
    {Text::rider_which, "give either a credential id or --phone",
     "请给出凭证编号或 --phone（二选一）"},
    {Text::help_plugin, "Plugins: make, test, pack, install (for device vendors and sites).",
     "插件：创建、测试、打包、安装（面向设备厂商与站点）。"},
    {Text::help_plugin_new, "Makes the folder of a new plugin that builds and conforms.",
     "创建一个可编译、可通过测试的新插件目录。"},
    {Text::help_plugin_test, "Runs the conformance kit on a built plugin.",
     "对已编译的插件运行一致性测试。"},
    {Text::option_plugin_name, "Name: 1 to 32 of a-z, 0-9, '-' and '_'.",
     "名称：1 至 32 个 a-z、0-9、“-”、“_”。"},
    {Text::option_interface,
     "Thing Model of its devices: gate, reader, parking_bay, alarm_input, door or display.",
     "设备的物模型：gate、reader、parking_bay、alarm_input、door 或 display。"},
    {Text::option_plugin_language, "Language of the source: c++ or c.", "源码语言：c++ 或 c。"},
    {Text::option_plugin_folder, "The plugin's folder: library, manifest, recordings.",
     "插件目录：动态库、清单、录音文件。"},
    {Text::option_recordings, "Folder of the recordings; by default recordings in the plugin's.",
     "录音文件目录；默认为插件目录下的 recordings。"},
    {Text::option_runner, "The program that runs a plugin; by default the one beside this program.",
     "运行插件的程序；默认为本程序旁边的 xiaogate-plugin-host。"},
    {Text::option_junit, "Also write the report as JUnit XML to this file.",
     "同时把报告以 JUnit XML 写入该文件。"},
    {Text::option_seed, "Seed of the random inputs; the same seed repeats them.",
     "随机输入的种子；同一种子可重现。"},
    {Text::option_quick, "A twentieth of the random inputs, for every build.",
     "只用二十分之一的随机输入，适合每次编译。"},
    {Text::help_plugin_key, "Makes a vendor's signing key and prints its entry for trust lists.",
     "生成厂商签名密钥，并打印信任列表条目。"},
    {Text::help_plugin_pack, "Packs and signs a built plugin as one file (.xgp).",
     "把编译好的插件打包并签名为一个文件（.xgp）。"},
    {Text::help_plugin_verify, "Checks a package as a gateway does before it installs it.",
     "按网关安装前的规则检查插件包。"},
    {Text::option_key_file,
     "Where the private key is kept; must not exist yet. Never give it away.",
     "保存私钥的文件；不得已存在，切勿外传。"},
    {Text::option_vendor_name, "The vendor's name, for the trust list.",
     "厂商名称，写入信任列表。"},
    {Text::option_key, "The vendor's key file, made by plugin key.",
     "厂商密钥文件（由 plugin key 生成）。"},
    {Text::option_package_out, "The package to write, e.g. mygate-1.0.0.xgp.",
     "要写出的插件包，例如 mygate-1.0.0.xgp。"},
    {Text::option_package, "The package (.xgp).", "插件包（.xgp）。"},
    {Text::option_trust, "The trust list whose vendors count.", "信任列表文件。"},
    {Text::package_made, "Packed {1} {2} into {0}: {3}", "已把 {1} {2} 打包为 {0}：{3}"},
    {Text::package_good, "{0} is {1} {2}, signed by {3}.", "{0} 为 {1} {2}，由 {3} 签名。"},
    {Text::help_plugin_install,
     "Installs a package at a running gateway; the gate goes on opening meanwhile.",
     "在运行中的网关上安装插件包；门禁不中断。"},
    {Text::help_plugin_list, "The plugins of a running gateway.", "列出运行中网关的插件。"},
    {Text::help_plugin_start, "Starts a plugin that was parked after too many failures.",
     "重新启动因多次失败而停用的插件。"},
    {Text::option_plugin, "Name of the plugin.", "插件名称。"},
    {Text::plugin_installed, "Plugin {0} {1} is installed and runs.",
     "插件 {0} {1} 已安装并运行。"},
    {Text::plugin_kept, "Plugin {0} {1} is installed; no device uses it yet.",
     "插件 {0} {1} 已安装；尚无设备使用。"},
    {Text::plugin_started, "Plugin {0} starts.", "插件 {0} 正在启动。"},
    {Text::plugin_made, "Made {0}; its README tells how to build and test it:",
     "已创建 {0}，编译与测试方法见其 README："},
    {Text::help_plugin_record,
     "Makes a recording from live traffic: what devices say, and what the plugin makes of it.",
     "从实际通信生成录音文件：设备发来什么，插件得出什么结果。"},
    {Text::option_record_plugin, "The plugin's folder, or its package (.xgp).",
     "插件目录，或插件包（.xgp）。"},
    {Text::option_record_devices,
     "File with the devices and their options: {\"devices\": {\"<id>\": {...}}}, or a site's "
     "configuration.",
     "写明设备及其选项的文件：{\"devices\": {\"<编号>\": {...}}}，或站点配置文件。"},
    {Text::option_record_broker,
     "The devices' broker, mqtt://host[:port]; by default device_broker of the devices' file, or "
     "mqtt://127.0.0.1:1883.",
     "设备侧消息服务器 mqtt://主机[:端口]；默认取设备文件中的 device_broker，再默认 "
     "mqtt://127.0.0.1:1883。"},
    {Text::option_recording, "The recording to write (.jsonl); must not exist yet.",
     "要写出的录音文件（.jsonl）；不得已存在。"},
    {Text::option_drive,
     "The devices are this command's alone: send them what the plugin publishes, and take orders "
     "from standard input, one a line: <device> <action> [<JSON input>]. Without it nothing is "
     "sent.",
     "设备由本命令独占：发送插件发布的消息，并从标准输入逐行读取命令：<设备> <动作> [<JSON 输入>]。"
     "不加此选项则什么都不发送。"},
    {Text::option_count, "Ends after so many inputs; by default at Ctrl-C.",
     "记录这么多条输入后结束；默认按 Ctrl-C 结束。"},
    {Text::option_seconds, "Ends after so many seconds.", "这么多秒后结束。"},
    {Text::record_exists, "{0} is there already; name another file, or remove it.",
     "{0} 已存在；请换一个文件名，或先删除它。"},
    {Text::record_listening, "Listening at {0} to {1}. Ctrl-C ends it and writes the recording.",
     "正在 {0} 监听 {1}。按 Ctrl-C 结束并写出录音文件。"},
    {Text::record_link_down, "No broker: {0}. It is tried again.",
     "消息服务器不可用：{0}。正在重试。"},
    {Text::record_not_understood, "not understood", "未理解"},
    {Text::record_fault, "  attention: {0}", "  注意：{0}"},
    {Text::record_made,
     "Recorded in {0}: {1} messages, {2} commands, {3} timers; {4} not understood. Effects: {5}.",
     "已写入 {0}：消息 {1} 条，命令 {2} 条，定时 {3} 次；其中未理解 {4} 条。结果：{5}。"},
    {Text::record_missed, "{0} messages are missing: too large, or too many at once.",
     "缺少 {0} 条消息：过大，或一时过多。"},
    {Text::record_full, "It ended because a recording may not be larger.",
     "已达到录音文件的大小上限，因此结束。"},
    {Text::record_read_it,
     "It holds what the plugin did, which need not be right: read it before you keep it, then run "
     "plugin test.",
     "其中是插件实际的结果，未必正确：请先读一遍再保留，然后运行 plugin test。"},
    {Text::record_nothing,
     "nothing was recorded: no message came on {0} at {1}. Is the device on, and are its options "
     "right?",
     "没有录到任何内容：{1} 上的 {0} 没有消息。设备是否开机，选项是否正确？"},
    {Text::record_no_broker,
     "nothing was recorded: no broker answered at {0}. Start it, or give --broker.",
     "没有录到任何内容：{0} 没有消息服务器应答。请启动它，或用 --broker 指定。"},
    {Text::record_plugin_ended,
     "plugin {0} ended at the last input of {1}; plugin test shows it again.",
     "插件 {0} 在 {1} 的最后一条输入处终止；plugin test 可重现。"},
    {Text::file_unwritable, "{0} cannot be written; is the directory there and writable?",
     "无法写入 {0}；目录是否存在且可写？"},
    {Text::conformance_title, "Plugin {0} {1} in {2}", "插件 {0} {1}，目录 {2}"},
    {Text::conformance_passed, "passed ", "通过  "},
    {Text::conformance_failed, "FAILED ", "未通过"},
    {Text::conformance_not_run, "not run", "未执行"},
    {Text::conformance_error, "error", "错误"},
    {Text::conformance_warning, "warning", "警告"},
    {Text::conformance_untold, "and {0} more like these", "另有 {0} 条同类问题"},
    {Text::conformance_good, "The plugin conforms (seed {0}).", "插件符合要求（种子 {0}）。"},
    {Text::conformance_bad, "The plugin does not conform (seed {0}).",
     "插件不符合要求（种子 {0}）。"},
    {Text::explain_heading, "{0} at {1}, {2}", "{0}，{1}，{2}"},
    {Text::explain_granted, "Let in: {0}", "放行：{0}"},
    {Text::explain_denied, "Refused, {0}: {1}", "拒绝（{0}）：{1}"},
    {Text::explain_despite, "Let out although a way in would refuse, {0}: {1}",
     "出口放行，入口则会拒绝（{0}）：{1}"},
    {Text::explain_no_rule, "no rule of the site forbids it", "站点没有规则禁止"},
    {Text::explain_who, "give one of --credential, --phone and --scope",
     "请给出 --credential、--phone、--scope 其中之一"},
    {Text::explain_no_gate, "no access point or gate '{0}'; access points here: {1}",
     "没有出入口或门禁 '{0}'；现有出入口：{1}"},
    {Text::explain_which_gate, "several access points open gate '{0}'; name one: {1}",
     "门禁 '{0}' 有多个出入口，请指明：{1}"},
    {Text::explain_time, "'{0}' is no time; write it like 2026-10-01T08:30",
     "'{0}' 不是时间，请写作 2026-10-01T08:30"},
    {Text::explain_unknown, "the cache in {0} has no credential {1}; --scope asks without one",
     "{0} 的缓存中没有凭证 {1}；可改用 --scope"},
    {Text::failed, "xiaogate: {0}", "xiaogate 失败：{0}"},
};

constexpr bool complete() {
  if (std::size(kRows) != static_cast<std::size_t>(Text::count)) return false;
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].text != static_cast<Text>(i)) return false;
  }
  return true;
}
static_assert(complete(), "one row a text, in the order of the enumeration");

constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"online", "在线"},
    {"offline", "离线"},
    {"unknown", "未知"},
    {"up", "运行"},
    {"down", "停止"},
    {"parked", "已停用"},
    {"open", "开"},
    {"closed", "关"},
    {"normal", "正常"},
    {"held_open", "保持常开"},
    {"locked_down", "已封闭"},
    {"gate_forced_open", "强行打开"},
    {"gate_held_open", "门未关"},
    {"gate_tampered", "门禁被拆动"},
    {"device_tampered", "设备被拆动"},
    {"gate_unanswered", "门禁无应答"},
    {"fire_release", "火警开门"},
    {"fire_input_lost", "火警输入失联"},
    {"lock_down", "封闭"},
    {"fail_safe_release", "故障开门"},
    {"plugin_parked", "插件停用"},
    {"bay_silent", "车位传感器失联"},
    {"bay_fault", "车位传感器故障"},
    {"bay_battery_low", "车位传感器电量低"},
    {"free", "空"},
    {"occupied", "占用"},
    {"active", "有效"},
    {"suspended", "已暂停"},
    {"revoked", "已吊销"},
};

}  // namespace

std::string say(Language language, Text text, std::initializer_list<std::string_view> values) {
  const Row& row = kRows[static_cast<std::size_t>(text)];
  return filled(language == Language::chinese ? row.chinese : row.english, values);
}

std::string filled(std::string_view sentence, std::initializer_list<std::string_view> values) {
  std::string said;
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    const bool place = sentence[i] == '{' && i + 2 < sentence.size() && sentence[i + 2] == '}';
    const auto index = place ? static_cast<std::size_t>(sentence[i + 1] - '0') : values.size();
    if (index < values.size()) {
      said += *(values.begin() + index);
      i += 2;
    } else {
      said += sentence[i];
    }
  }
  return said;
}

std::string say_word(Language language, std::string_view word) {
  if (language == Language::chinese) {
    for (const auto& [english, chinese] : kWords) {
      if (english == word) return std::string(chinese);
    }
  }
  return std::string(word);
}

}  // namespace xiaogate::cli
