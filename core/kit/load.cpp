// How long a call takes, and whether memory grows.
#include <algorithm>

#include "kit/hostile_inputs.h"
#include "kit/subject.h"

namespace xiaogate::kit {
namespace {

constexpr std::uint64_t kTimed = 20'000;
constexpr std::uint64_t kTimedQuick = 2'000;
constexpr std::uint64_t kFed = 1'000'000;
constexpr std::uint64_t kFedQuick = 50'000;
constexpr Millis kDeadline{250};  // of the gateway, for one call

// Between two looks a plugin may settle, as allocators do; a leak goes on. Half a MiB over half of
// a million inputs is one octet an input.
constexpr std::int64_t kGrowth = 512 * 1024;

// AddressSanitizer keeps freed memory for a while: its processes grow without a leak.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kQuarantine = true;
#elif defined(__has_feature)
constexpr bool kQuarantine = __has_feature(address_sanitizer);
#else
constexpr bool kQuarantine = false;
#endif

std::int64_t micros(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

// The group with the most steps: what a plugin does mostly.
std::vector<const Recording*> largest(const std::vector<std::vector<const Recording*>>& groups) {
  const auto steps = [](const std::vector<const Recording*>& group) {
    std::size_t count = 0;
    for (const auto* recording : group) count += recording->steps.size();
    return count;
  };
  return *std::ranges::max_element(groups, {}, steps);
}

Result<Session> start(const Subject& subject, const Recording& recording) {
  return Session::start(subject.session, subject.manifest, recording.config(), recording.state);
}

}  // namespace

void check_call_time(const Subject& subject, Report& report) {
  const auto groups = by_configuration(subject.recordings);
  if (groups.empty()) return;
  const auto group = largest(groups);
  auto session = start(subject, *group.front());
  if (!session) return;
  CheckResult& result = report.of(Check::call_time);
  result.ran = true;
  HostileInputs inputs(group, subject.seed);
  std::vector<std::int64_t> took;
  const std::uint64_t count = subject.quick ? kTimedQuick : kTimed;
  took.reserve(count);
  for (std::uint64_t i = 1; i <= count; ++i) {
    const PluginInput input = i % 2 == 0 ? inputs.next() : inputs.next_recorded();
    const Answer answer = session->call(input, i, WallTime(Millis(i)));
    if (answer.ended()) return report_end(answer, "call " + std::to_string(i), "", report);
    took.push_back(micros(answer.took));
  }
  std::ranges::sort(took);
  const std::int64_t p99 = took[took.size() * 99 / 100];
  const std::int64_t most = took.back();
  result.measured = {{"p50_us", took[took.size() / 2]}, {"p99_us", p99}, {"max_us", most}};
  const std::int64_t deadline = micros(kDeadline);
  if (p99 >= deadline) {
    report.error(Problem::slow, "p99", std::to_string(p99 / 1000));
  } else if (most >= deadline) {
    report.warning(Problem::slow_once, "max", std::to_string(most / 1000));
  }
}

void check_memory(const Subject& subject, Report& report) {
  if (kQuarantine) return;
  const auto groups = by_configuration(subject.recordings);
  if (groups.empty()) return;
  const auto group = largest(groups);
  auto session = start(subject, *group.front());
  if (!session) return;
  CheckResult& result = report.of(Check::memory);
  result.ran = true;
  HostileInputs inputs(group, subject.seed);
  const std::uint64_t count = subject.quick ? kFedQuick : kFed;
  std::uint64_t given = 0;
  bool ended = false;
  const auto feed_until = [&](std::uint64_t end) {
    if (ended || given >= end) return;
    session->row(
        [&]() -> std::optional<PluginInput> {
          if (given >= end) return std::nullopt;
          return ++given % 4 == 0 ? inputs.next() : inputs.next_recorded();
        },
        given + 1, WallTime(Millis(given)),
        [&](const PluginInput&, const Answer& answer) {
          ended = answer.ended();
          if (ended) report_end(answer, "input " + std::to_string(given), "", report);
        });
  };
  feed_until(count / 10);
  const auto early = session->memory();
  feed_until(count / 2);
  const auto middle = session->memory();
  feed_until(count);
  const auto late = session->memory();
  if (ended) return;
  if (!early || !middle || !late) {
    return report.warning(Problem::memory_unknown, "/proc/<pid>/statm", "");
  }
  const auto grown = static_cast<std::int64_t>(*late) - static_cast<std::int64_t>(*early);
  const auto grown_late = static_cast<std::int64_t>(*late) - static_cast<std::int64_t>(*middle);
  result.measured = {{"inputs", static_cast<std::int64_t>(given)},
                     {"memory_kib", static_cast<std::int64_t>(*late / 1024)},
                     {"grown_kib", grown / 1024}};
  if (grown_late >= kGrowth && grown - grown_late >= kGrowth) {
    report.error(Problem::memory_grows, std::to_string(given), std::to_string(grown / 1024));
  }
}

}  // namespace xiaogate::kit
