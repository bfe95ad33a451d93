// One process of the runner program, joined to us by a SOCK_SEQPACKET socket at its descriptor 3.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "model/result.h"

namespace xiaogate::host {

// Owns a descriptor; -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return fd_; }
  int release() noexcept;

 private:
  int fd_ = -1;
};

// Owns the process: the destructor kills it, waits for its end and reaps it. Made, used and
// destroyed on one thread; the process dies with that thread.
class ChildProcess {
 public:
  enum class Sent { whole, later, never };
  enum class Received { frame, nothing, closed };

  // Starts `runner` with an empty environment, /dev/null as input, our stderr as output, and no
  // other descriptor of ours. `plugin` stands in its command line, for people who look.
  // Error "host.unavailable".
  static Result<ChildProcess> start(const std::string& runner, const std::string& plugin);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // Readable when a frame has come or the process closed its end; -1 after kill().
  int socket() const { return socket_.get(); }
  // Readable when the process has ended.
  int pidfd() const { return pidfd_.get(); }

  // `later`: the socket is full. `never`: the process is gone; receive() will tell.
  Sent send(std::string_view frame);
  // Receives one packet into `buffer`, cut at its size; `frame` then is what was received. What
  // the process sent before it ended is received before `closed`.
  Received receive(std::span<char> buffer, std::string_view& frame);

  // Closes the socket and kills at once. The end itself comes later.
  void kill();
  // How the process ended, once it has; it is reaped by that.
  std::optional<std::string> ended();

 private:
  ChildProcess(pid_t pid, Descriptor pidfd, Descriptor socket)
      : pid_(pid), pidfd_(std::move(pidfd)), socket_(std::move(socket)) {}

  pid_t pid_;  // -1 once reaped
  Descriptor pidfd_;
  Descriptor socket_;
};

}  // namespace xiaogate::host
