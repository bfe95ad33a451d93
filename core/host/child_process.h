// One process of the runner program, joined to us by a SOCK_SEQPACKET socket at its descriptor 3.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "model/result.h"

namespace xiaogate::host {

// The exit status of a plugin process whose operator new found no memory left.
inline constexpr int kOutOfMemory = 3;

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

  // Starts `runner` with an empty environment, /dev/null as input, a small pipe as stdout and
  // stderr, and no other descriptor of ours. `plugin` stands in its command line, for people who
  // look. Error "host.unavailable".
  //
  // Nobody reads the pipe until the process has ended: it holds the first 4 KiB, what is more is
  // lost and never waits. So whatever a plugin writes, our log cannot be flooded.
  static Result<ChildProcess> start(const std::string& runner, const std::string& plugin);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // Readable when a frame has come or the process closed its end; -1 after kill().
  int socket() const { return socket_.get(); }
  // -1 once it has ended and was reaped.
  pid_t pid() const { return pid_; }
  // Readable when the process has ended.
  int pidfd() const { return pidfd_.get(); }

  // `later`: the socket is full. `never`: the process is gone; receive() will tell.
  Sent send(std::string_view frame);
  // Receives one packet into `buffer`, cut at its size; `frame` then is what was received. What
  // the process sent before it ended is received before `closed`.
  Received receive(std::span<char> buffer, std::string_view& frame);

  // Closes the socket and kills at once. The end itself comes later.
  void kill();
  // How the process ended, and what it had to say, once it has; it is reaped by that.
  std::optional<std::string> ended();

 private:
  ChildProcess(pid_t pid, Descriptor pidfd, Descriptor socket, Descriptor words)
      : pid_(pid), pidfd_(std::move(pidfd)), socket_(std::move(socket)), words_(std::move(words)) {}

  pid_t pid_;  // -1 once reaped
  Descriptor pidfd_;
  Descriptor socket_;
  Descriptor words_;  // the pipe's end to read
};

}  // namespace xiaogate::host
