// Runs each plugin in a process of its own and answers every call exactly once.
//
// Calls of one plugin are answered in the order in which they were made (FIFO). The oldest call
// that a plugin has not answered is its head. A head that crashes the process, or that is not
// answered within the deadline, is the offender: it fails and is dropped, the process is killed and
// started again after a back-off, with the plugin's stored state. All other calls are kept and sent
// again, for nothing of their effects has come back; one that has expired by then fails instead.
// Other plugins never notice.
//
// A failure is every end of the process and every start that comes to nothing, a refusal of the
// configuration or the state included; that the machine had no process to give is none. A plugin
// that fails more than most_failures times within failure_window is parked: it has no process, and
// its calls fail at once, until start() or upgrade(). An input that came from outside (a message, a
// request) and was the head of two failures is quarantined: it fails without being sent, until
// start() or upgrade(). Commands and timers are never quarantined, for they are the gateway's own
// and the same each time: to refuse "open" for good would keep a gate shut.
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
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/host_event.h"
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
  Millis healthy_after{60'000};   // a plugin up for as long starts again at the least back-off
  std::size_t most_failures = 5;  // within failure_window; one more parks the plugin
  Millis failure_window{600'000};
  Millis upgrade_deadline{2'000};   // from starting a new version to its being ready; calls wait
  std::size_t most_queued = 1024;   // calls of one plugin that wait or run
  std::size_t most_in_flight = 32;  // of these, calls its process has been sent
};

// Gives the stored state of a plugin; asked whenever its process starts, on the host's thread,
// inside service().
using StateSource = std::function<PluginState(const std::string& plugin)>;

// What there is to know of a plugin.
struct PluginOverview {
  std::string name;
  std::string version;
  std::string state;         // "waiting" (for its next start), "starting", "up", "ending", "parked"
  std::string upgrading_to;  // the new version, while one is taking over
  std::size_t failures = 0;  // within failure_window
  std::size_t quarantined = 0;  // inputs
  std::size_t queued = 0;       // calls that wait or run
  int pid = 0;                  // 0: no process
  std::string held_by;          // what of the sandbox (sandbox.h) holds its process
};

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
  // REQUIRES: no plugin of this name was added before, unless it was removed.
  void add(const PluginManifest& manifest, std::string config);
  // The plugin is no longer used: its calls fail as unknown_plugin. Error "plugin.unknown".
  Result<void> remove(const std::string& name);
  // A person wants the plugin to run: its failures and its quarantine are forgotten, and a plugin
  // that is parked or waits for its restart starts at once. Error "plugin.unknown".
  Result<void> start(const std::string& name, Instant now);

  // Another version of a plugin takes over while everything else goes on. Calls that the old one
  // was sent are answered; the next ones wait. When nothing is under way, the new one is started
  // beside the old one, with the state that is stored then: the caller must have stored (or given
  // up) the effects of one service() before it calls the next. When it is ready it gets the calls
  // that wait, and PluginUpgraded is told; what the new manifest does not offer fails. If it
  // refuses, ends or is late, the old one goes on as it was and PluginUpgradeFailed is told; one of
  // the two always is. Errors: "plugin.unknown", "plugin.conflict" (another upgrade of it is under
  // way).
  Result<void> upgrade(const PluginManifest& manifest, std::string config);

  // Queues a call; sends it at once when the plugin is up. Its answer comes from service(), once.
  // A call that is still unsent after `expires` fails.
  void call(PluginCall call, MonoTime expires, Instant now);

  // An epoll descriptor, readable when service() has something to do. Owned by the host.
  int descriptor() const;
  // When service() is due even if nothing becomes readable; the clock's zero when it is due at once
  // (REQUIRES: the caller's clock is never before its zero).
  std::optional<MonoTime> next_deadline() const;

  std::vector<PluginOverview> plugins(Instant now) const;  // by name

  // Does everything that is due at `now` and returns what happened, in order.
  std::vector<HostEvent> service(Instant now);

 private:
  class Impl;
  explicit PluginHost(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace xiaogate::host
