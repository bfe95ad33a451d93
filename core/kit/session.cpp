#include "kit/session.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace xiaogate::kit {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kInARow = 64;

MonoTime mono() {
  return MonoTime(std::chrono::duration_cast<Millis>(Steady::now().time_since_epoch()));
}

// Children of this thread, newest last.
std::vector<pid_t> children() {
  std::ifstream in("/proc/thread-self/children");
  std::vector<pid_t> pids;
  for (pid_t pid = 0; in >> pid;) pids.push_back(pid);
  return pids;
}

}  // namespace

Result<Session> Session::start(const SessionOptions& options, const PluginManifest& manifest,
                               const std::string& config, PluginState state) {
  host::HostOptions host_options;
  host_options.runner = options.runner;
  host_options.call_deadline = options.call_deadline;
  host_options.start_deadline = options.start_deadline;
  auto interfaces = host::Interfaces::load();
  if (!interfaces) return std::unexpected(interfaces.error());
  auto host =
      host::PluginHost::create(std::move(host_options), std::move(*interfaces),
                               [state = std::move(state)](const std::string&) { return state; });
  if (!host) return std::unexpected(host.error());
  (*host)->add(manifest, config);
  Session session(std::move(*host), manifest.name);
  const auto before = children();
  while (true) {
    for (auto& event : session.wait(WallTime{})) {
      if (auto* down = std::get_if<host::PluginDown>(&event)) {
        return failure("plugin.down", std::move(down->reason));
      }
      if (std::holds_alternative<host::PluginUp>(event)) {
        for (const pid_t pid : children()) {
          if (std::ranges::find(before, pid) == before.end()) session.process_ = pid;
        }
        return session;
      }
    }
  }
}

std::vector<host::HostEvent> Session::wait(WallTime now) {
  while (true) {
    auto events = host_->service({.wall = now, .mono = mono()});
    if (!events.empty()) return events;
    int timeout = -1;
    if (const auto due = host_->next_deadline()) {
      timeout = static_cast<int>(std::clamp<std::int64_t>((*due - mono()).count(), 0, 60'000));
    }
    pollfd readable{.fd = host_->descriptor(), .events = POLLIN, .revents = 0};
    poll(&readable, 1, timeout);
  }
}

std::string Session::reason(WallTime now, const std::vector<host::HostEvent>& told) {
  for (const auto& event : told) {
    if (const auto* down = std::get_if<host::PluginDown>(&event)) return down->reason;
  }
  return reason(now, wait(now));
}

Answer Session::call(const PluginInput& input, std::uint64_t id, WallTime now) {
  Answer answer;
  const auto started = Steady::now();
  host_->call({.id = id, .plugin = plugin_, .input = input}, MonoTime::max(),
              {.wall = now, .mono = mono()});
  while (true) {
    auto events = wait(now);
    answer.took = Steady::now() - started;
    for (auto& event : events) {
      if (auto* returned = std::get_if<host::CallReturned>(&event)) {
        answer.effects = std::move(returned->effects);
        answer.refused = std::move(returned->refused);
        return answer;
      }
      if (auto* failed = std::get_if<host::CallFailed>(&event)) {
        answer.fault = failed->fault;
        if (answer.ended()) answer.reason = reason(now, events);
        return answer;
      }
    }
  }
}

void Session::row(const std::function<std::optional<PluginInput>()>& next, std::uint64_t first_id,
                  WallTime now,
                  const std::function<void(const PluginInput&, const Answer&)>& each) {
  std::deque<PluginInput> under_way;
  std::uint64_t id = first_id;
  bool more = true;
  while (true) {
    while (more && under_way.size() < kInARow) {
      auto input = next();
      more = input.has_value();
      if (!more) break;
      host_->call({.id = id++, .plugin = plugin_, .input = *input}, MonoTime::max(),
                  {.wall = now, .mono = mono()});
      under_way.push_back(std::move(*input));
    }
    if (under_way.empty()) return;
    auto events = wait(now);
    for (auto& event : events) {
      Answer answer;
      if (auto* returned = std::get_if<host::CallReturned>(&event)) {
        answer.effects = std::move(returned->effects);
        answer.refused = std::move(returned->refused);
      } else if (auto* failed = std::get_if<host::CallFailed>(&event)) {
        answer.fault = failed->fault;
      } else {
        continue;
      }
      const bool ended = answer.ended();
      if (ended) answer.reason = reason(now, events);
      each(under_way.front(), answer);
      if (ended) return;
      under_way.pop_front();
    }
  }
}

std::optional<std::uint64_t> Session::memory() const {
  if (process_ < 0) return std::nullopt;
  std::ifstream in("/proc/" + std::to_string(process_) + "/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  std::uint64_t shared = 0;
  if (!(in >> total >> resident >> shared) || shared > resident) return std::nullopt;
  return (resident - shared) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace xiaogate::kit
