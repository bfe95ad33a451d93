// One plugin under supervision: its process, its calls, its back-off. A state machine that
// plugin_host.h polls; the rules it keeps stand there. Same thread as the host.
//
//   waiting --restart time--> starting --ready--> up
//      ^                         |                 |
//      +------ process reaped -- ending <-- died, overran, broke the rules
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/child_process.h"
#include "host/plugin_host.h"
#include "host/wire.h"

namespace xiaogate::host {

class SupervisedPlugin {
 public:
  // What epoll said of this plugin's two descriptors.
  struct Readiness {
    bool socket = false;
    bool process = false;
  };
  // Borrowed from the host, which outlives its plugins. `epoll` reports socket events with the
  // data `tag` and the end of the process with `tag` + 1; `buffer` receives frames.
  struct Surroundings {
    const HostOptions& options;
    const Interfaces& interfaces;
    const StateSource& state;
    int epoll;
    std::span<char> buffer;
  };

  SupervisedPlugin(const Surroundings& around, std::uint64_t tag, const PluginManifest& manifest,
                   std::string config);

  const std::string& name() const { return manifest_.name; }

  void call(PluginCall call, MonoTime expires, Instant now, std::vector<HostEvent>& events);
  void service(Readiness ready, Instant now, std::vector<HostEvent>& events);
  std::optional<MonoTime> next_deadline() const;

 private:
  enum class State { waiting, starting, up, ending };
  struct Pending {
    PluginCall call;
    MonoTime expires;
  };

  void start(Instant now, std::vector<HostEvent>& events);
  void receive(bool to_the_end, Instant now, std::vector<HostEvent>& events);
  // Each returns whether the frame was in order.
  bool accept(wire::FromPlugin& frame, Instant now, std::vector<HostEvent>& events);
  bool accept_returned(wire::Returned& returned, Instant now, std::vector<HostEvent>& events);
  bool accept_not_understood(std::uint64_t id, Instant now, std::vector<HostEvent>& events);

  void check_deadlines(Instant now, std::vector<HostEvent>& events);
  void expire(Instant now, std::vector<HostEvent>& events);
  void send(Instant now);
  bool send_frame(std::string_view frame);
  void want_writable(bool wanted);

  // The head has been answered.
  void pop_head(Instant now);
  void fail(const PluginCall& call, CallFault fault, std::vector<HostEvent>& events) const;
  // The process must go, and `fault` is its head's. An empty `why`: however the process ended.
  void end(CallFault fault, std::string why, Instant now, std::vector<HostEvent>& events);
  void down(std::string reason, Instant now, std::vector<HostEvent>& events);

  Surroundings around_;
  std::uint64_t tag_;
  PluginManifest manifest_;
  std::string config_;
  BoundInterfaces interfaces_;

  State state_ = State::waiting;
  MonoTime since_{};  // waiting: restart time; starting, up: since when
  std::optional<ChildProcess> process_;
  std::string why_;  // ending: the reason, when we know better than the exit status
  std::optional<Millis> backoff_;
  bool writable_wanted_ = false;

  std::deque<std::string> outgoing_;  // starting: frames not sent yet
  std::deque<Pending> queue_;         // oldest first; the first in_flight_ have been sent
  std::size_t in_flight_ = 0;
  MonoTime head_since_{};              // up, in_flight_ > 0
  std::vector<PluginEffect> partial_;  // of the head
};

}  // namespace xiaogate::host
