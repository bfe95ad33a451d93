// Runs each plugin in a process of its own and answers every call exactly once.
//
// Calls of one plugin are answered in the order in which they were made (FIFO). The oldest call
// that a plugin has not answered is its head. A head that crashes the process, or that is not
// answered within the deadline, is the offender: it fails and is dropped, the process is killed and
// started again after a back-off, with the plugin's stored state. All other calls are kept and sent
// again, for nothing of their effects has come back; one that has expired by then fails instead.
// Other plugins never notice.
//
// The boundary is kept in both directions: an event that breaks the Thing Models of the plugin's
// manifest is taken out of its call's effects and told as refused, the rest of the effects stand; a
// command that breaks them fails and is never sent.
//
// Threads: none of its own. The caller's loop owns it: wait until descriptor() is readable or
// next_deadline() is reached, then service(). Nothing here blocks, sleeps or reads a clock. Make it
// on the thread that lives as long as it does: a plugin process is told to die with the thread that
// started it (PR_SET_PDEATHSIG). The destructor kills and reaps every process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/interfaces.h"
#include "model/plugin.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::host {

struct HostOptions {
  std::string runner = {};       // path of the program xiaogate-plugin-host
  Millis call_deadline{250};     // from the moment a call became the head
  Millis start_deadline{5'000};  // from starting the process to the plugin being ready
  Millis least_backoff{100};     // before the first restart; doubles with each further one
  Millis most_backoff{30'000};
  Millis healthy_after{60'000};     // a plugin up for as long starts again at the least back-off
  std::size_t most_queued = 1024;   // calls of one plugin that wait or run
  std::size_t most_in_flight = 32;  // of these, calls its process has been sent
};

// Why a call has no effects.
enum class CallFault : std::uint8_t {
  not_understood,  // the plugin said so
  crashed,         // its process ended during the call
  overran,         // no answer within the deadline
  protocol,        // its process broke the wire's rules
  expired,         // its time was over before the plugin was sent it
  overloaded,      // the plugin's queue was full
  too_large,       // the input does not fit into a frame (wire.h)
  unknown_plugin,  // nobody added a plugin of this name
  no_such_action,  // the plugin's manifest does not offer the command's action
  invalid_action   // the command's input breaks the action's Thing Model
};

// "not_understood", "crashed", ...: as it stands in records.
std::string_view to_string(CallFault fault);

// The plugin's process is ready for calls.
struct PluginUp {
  std::string plugin;
  std::string held_by;  // what of the sandbox (sandbox.h) holds it here; for the log
};
struct CallReturned {
  std::string plugin;
  std::uint64_t call = 0;
  std::vector<PluginEffect> effects;  // events in it keep to the manifest's Thing Models
  std::vector<RefusedEffect> refused;
};
struct CallFailed {
  std::string plugin;
  std::uint64_t call = 0;
  std::string device;
  CallFault fault = CallFault::crashed;
};
// The plugin's process has ended; calls wait until it is up again.
struct PluginDown {
  std::string plugin;
  std::string reason;  // a sentence for the log
  Millis restart_in{0};
};
using HostEvent = std::variant<PluginUp, CallReturned, CallFailed, PluginDown>;

// Gives the stored state of a plugin; asked whenever its process starts, on the host's thread,
// inside service().
using StateSource = std::function<PluginState(const std::string& plugin)>;

class PluginHost {
 public:
  // Error "host.unavailable": the runner is missing or not executable, or the kernel lacks what is
  // needed.
  static Result<std::unique_ptr<PluginHost>> create(HostOptions options, Interfaces interfaces,
                                                    StateSource state);
  ~PluginHost();
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;

  // Adds a plugin; service() starts its process. `config` is JSON {"devices": {"<id>": {options}}}.
  // A plugin that cannot start is retried for ever and told by PluginDown.
  // REQUIRES: no plugin of this name was added before.
  void add(const PluginManifest& manifest, std::string config);

  // Queues a call; sends it at once when the plugin is up. Its answer comes from service(), once.
  // A call that is still unsent after `expires` fails.
  void call(PluginCall call, MonoTime expires, Instant now);

  // An epoll descriptor, readable when service() has something to do. Owned by the host.
  int descriptor() const;
  // When service() is due even if nothing becomes readable; the clock's zero when it is due at once
  // (REQUIRES: the caller's clock is never before its zero).
  std::optional<MonoTime> next_deadline() const;

  // Does everything that is due at `now` and returns what happened, in order.
  std::vector<HostEvent> service(Instant now);

 private:
  class Impl;
  explicit PluginHost(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace xiaogate::host
