// One process of a plugin, from its start to its end: what it is sent, and what it sends, in the
// order that wire.h allows. What follows from it is supervised_plugin.h's business. Same thread as
// the host.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/child_process.h"
#include "host/host_event.h"
#include "host/wire.h"

namespace xiaogate::host {

// The tags of the descriptors that epoll found ready, in order.
class ReadyTags {
 public:
  explicit ReadyTags(std::vector<std::uint64_t> tags);
  bool has(std::uint64_t tag) const;

 private:
  std::vector<std::uint64_t> tags_;
};

class PluginSession {
 public:
  enum class Phase { starting, up, over };
  // `epoll` reports the socket's events with `tag` and the process's end with `tag` + 1.
  struct Place {
    const std::string& runner;
    int epoll;
    std::uint64_t tag;
  };
  // The process must go. An empty `why`: however it ends.
  struct Broken {
    CallFault fault = CallFault::crashed;
    std::string why;
  };
  struct Ready {};
  using News = std::variant<std::monostate, Ready, Broken, wire::Returned, wire::NotUnderstood>;

  // Starts the process; flush() sends what it needs to begin. Errors: "host.unavailable",
  // "wire.too_large" (the state).
  static Result<std::unique_ptr<PluginSession>> start(const PluginManifest& manifest,
                                                      const std::string& config,
                                                      const PluginState& state, Place place,
                                                      Instant now);
  PluginSession(const PluginSession&) = delete;
  PluginSession& operator=(const PluginSession&) = delete;

  Phase phase() const { return phase_; }
  MonoTime since() const { return since_; }  // when the phase began
  int pid() const { return process_.pid(); }
  // What of the sandbox holds it; empty before it is up.
  const std::string& held_by() const { return held_by_; }
  bool socket_ready(const ReadyTags& ready) const { return ready.has(tag_); }
  bool process_ready(const ReadyTags& ready) const { return ready.has(tag_ + 1); }

  // One packet of the process, received into `buffer`; monostate when none waits.
  // REQUIRES: phase() is not over.
  News receive(std::span<char> buffer, Instant now);
  // False: the socket takes no more now, or the process is gone, which receive() will tell.
  bool send(std::string_view frame);
  // Sends what the start needs; false as send().
  bool flush();
  // Whether to be woken when the socket takes more.
  void want_writable(bool wanted);

  // Kills it; `why` is how its end will be told, unless empty.
  void end(std::string why);
  // Once the process has ended: why. It is reaped by that.
  std::optional<std::string> ended();

 private:
  PluginSession(ChildProcess process, std::vector<std::string> frames, Place place, Instant now);

  void become(Phase phase, Instant now);

  ChildProcess process_;
  int epoll_;
  std::uint64_t tag_;
  Phase phase_ = Phase::starting;
  MonoTime since_;
  std::deque<std::string> outgoing_;  // of the start, not sent yet
  bool writable_wanted_ = false;
  std::string held_by_;
  std::string why_;
};

}  // namespace xiaogate::host
