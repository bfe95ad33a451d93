// One plugin under supervision: its process, its calls, its back-off, its change of versions. A
// state machine that plugin_host.h polls; the rules it keeps stand there. Same thread as the host.
//
//   waiting --restart time--> starting --ready--> up
//     ^ |                        |                 |
//     | +-- failed too often     v                 v
//     |     --> parked         ending <-- died, overran, broke the rules
//     +------ process reaped ----+
//
// An upgrade goes on beside it: draining --nothing in flight, effects stored--> the new version's
// process starts --ready--> it takes the old one's place.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/call_queue.h"
#include "host/plugin_host.h"
#include "host/plugin_session.h"
#include "host/quarantine.h"

namespace xiaogate::host {

class SupervisedPlugin {
 public:
  // Borrowed from the host, which outlives its plugins.
  struct Surroundings {
    const HostOptions& options;
    const Interfaces& interfaces;
    const StateSource& state;
    int epoll;
    std::span<char> buffer;   // receives frames
    std::uint64_t& next_tag;  // each session takes two
    // Sessions that were told to end and that nobody asks any more; the host reaps them.
    std::vector<std::unique_ptr<PluginSession>>& retired;
  };

  SupervisedPlugin(const Surroundings& around, PluginManifest manifest, std::string config);

  void call(PluginCall call, MonoTime expires, Instant now, std::vector<HostEvent>& events);
  void service(const ReadyTags& ready, Instant now, std::vector<HostEvent>& events);
  std::optional<MonoTime> next_deadline() const;

  void start_now(Instant now);
  Result<void> upgrade(const PluginManifest& manifest, std::string config);
  // Ends it; its calls fail as unknown_plugin.
  void retire(std::vector<HostEvent>& events);
  PluginOverview overview(Instant now) const;

 private:
  struct Upgrade {
    PluginManifest manifest;
    std::string config;
    std::unique_ptr<PluginSession> session;  // null while the old version's calls are under way
  };

  bool is_up() const { return session_ && session_->phase() == PluginSession::Phase::up; }
  Result<std::unique_ptr<PluginSession>> make_session(const PluginManifest& manifest,
                                                      const std::string& config, Instant now);
  void start(Instant now, std::vector<HostEvent>& events);
  void receive(bool to_the_end, Instant now, std::vector<HostEvent>& events);
  // Whether the frame was in order.
  bool accept(PluginSession::News& news, Instant now, std::vector<HostEvent>& events);
  void check_deadlines(Instant now, std::vector<HostEvent>& events);
  void send(Instant now);
  void fail(const PluginCall& call, CallFault fault, std::vector<HostEvent>& events) const;
  void fail_unsent(CallFault fault, std::vector<HostEvent>& events,
                   const std::function<bool(const CallQueue::Pending&)>& which);
  // The process must go, and `fault` is its head's.
  void end(PluginSession::Broken broken, Instant now, std::vector<HostEvent>& events);
  void blame(const PluginCall& head, std::vector<HostEvent>& events);
  void failed(std::string reason, Instant now, std::vector<HostEvent>& events);
  void wait_for_restart(std::string reason, Instant now, std::vector<HostEvent>& events);
  std::size_t failures_since(MonoTime start) const;
  void forgive();
  void retire_session();

  // supervised_upgrade.cpp
  void begin_upgrade(Instant now, std::vector<HostEvent>& events);
  void watch_upgrade(const ReadyTags& ready, Instant now, std::vector<HostEvent>& events);
  void take_over(Instant now, std::vector<HostEvent>& events);
  void give_up_upgrade(std::string reason, std::vector<HostEvent>& events);

  Surroundings around_;
  PluginManifest manifest_;
  std::string config_;
  BoundInterfaces interfaces_;

  std::unique_ptr<PluginSession> session_;  // null: waiting or parked
  MonoTime restart_at_{};                   // waiting
  bool parked_ = false;
  std::optional<Millis> backoff_;
  std::deque<MonoTime> failures_;  // the newest, one more than park the plugin
  Quarantine quarantine_;
  CallQueue queue_;
  std::optional<Upgrade> upgrade_;
};

}  // namespace xiaogate::host
