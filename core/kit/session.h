// One plugin in its real process, called and answered one after the other or in a row. What the
// conformance kit plays to: a plugin that crashes, hangs or lies is an answer here, not the end of
// the kit.
//
// One thread, the one that made it. Blocks until the plugin answers or its deadline is over; reads
// the machine's steady clock for that and for the time that a call takes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/plugin_host.h"
#include "model/plugin.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::kit {

struct SessionOptions {
  std::string runner;  // path of xiaogate-plugin-host
  Millis start_deadline{10'000};
  // Far above the gateway's 250 ms, so that a busy machine makes no plugin hang; how long calls
  // take is measured apart from that.
  Millis call_deadline{5'000};
};

struct Answer {
  std::vector<PluginEffect> effects;  // none after a fault
  // Events that the host took out of them, for they break the manifest's Thing Models.
  std::vector<RefusedEffect> refused;
  // not_understood, crashed, overran, protocol; and no_such_action, invalid_action, for which the
  // host did not even ask the plugin.
  std::optional<host::CallFault> fault;
  std::string reason;                // of crashed, overran and protocol: a sentence
  std::chrono::nanoseconds took{0};  // from the call to its answer; in a row: unknown, 0

  bool understood() const { return !fault; }
  // The plugin's process is gone; the session is of no more use.
  bool ended() const {
    using enum host::CallFault;
    return fault == crashed || fault == overran || fault == protocol;
  }
};

class Session {
 public:
  // Starts the plugin with that configuration and state. Errors: "host.unavailable", and
  // "plugin.down" with the reason why the plugin did not start.
  static Result<Session> start(const SessionOptions& options, const PluginManifest& manifest,
                               const std::string& config, PluginState state);

  Session(Session&&) noexcept = default;
  Session& operator=(Session&&) noexcept = default;

  // One call. REQUIRES: no earlier answer ended().
  Answer call(const PluginInput& input, std::uint64_t id, WallTime now);

  // Calls with several under way at once, as many as `next` gives inputs for; `each` gets the
  // answers in order. Ends early with an answer that ended().
  void row(const std::function<std::optional<PluginInput>()>& next, std::uint64_t first_id,
           WallTime now, const std::function<void(const PluginInput&, const Answer&)>& each);

  // Memory of the process that is its own, in octets; nothing when the system does not tell.
  std::optional<std::uint64_t> memory() const;

 private:
  Session(std::unique_ptr<host::PluginHost> host, std::string plugin)
      : host_(std::move(host)), plugin_(std::move(plugin)) {}

  // Blocks until the host has something to tell; its events since.
  std::vector<host::HostEvent> wait(WallTime now);
  // Why the process ended, which the host tells after the call that failed.
  std::string reason(WallTime now, const std::vector<host::HostEvent>& told);

  std::unique_ptr<host::PluginHost> host_;
  std::string plugin_;
  pid_t process_ = -1;
};

}  // namespace xiaogate::kit
