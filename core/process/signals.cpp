#include "process/signals.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace xiaogate::process {
namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

Result<StopSignals> StopSignals::block() {
  const sigset_t set = stop_set();
  sigset_t before;
  const int masked = pthread_sigmask(SIG_BLOCK, &set, &before);
  const int descriptor = masked == 0 ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
  if (descriptor < 0) {
    const int cause = masked == 0 ? errno : masked;
    if (masked == 0) pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return failure("process.signals", std::string("Cannot receive signals through a descriptor: ") +
                                          std::strerror(cause) + ".");
  }
  signal(SIGPIPE, SIG_IGN);
  return StopSignals(descriptor, sigismember(&before, SIGTERM) == 1,
                     sigismember(&before, SIGINT) == 1);
}

StopSignals::StopSignals(int descriptor, bool term_was_blocked, bool int_was_blocked)
    : descriptor_(descriptor),
      term_was_blocked_(term_was_blocked),
      int_was_blocked_(int_was_blocked) {}

StopSignals::StopSignals(StopSignals&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      term_was_blocked_(other.term_was_blocked_),
      int_was_blocked_(other.int_was_blocked_) {}

StopSignals::~StopSignals() {
  if (descriptor_ < 0) return;
  while (take()) {
  }
  close(descriptor_);
  sigset_t unblock;
  sigemptyset(&unblock);
  if (!term_was_blocked_) sigaddset(&unblock, SIGTERM);
  if (!int_was_blocked_) sigaddset(&unblock, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &unblock, nullptr);
}

std::optional<int> StopSignals::take() {
  signalfd_siginfo info{};
  if (read(descriptor_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
    return std::nullopt;
  }
  return static_cast<int>(info.ssi_signo);
}

std::optional<int> StopSignals::wait(std::optional<std::chrono::milliseconds> timeout) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = timeout ? std::optional(Clock::now() + *timeout) : std::nullopt;
  while (true) {
    int left = -1;
    if (deadline) {
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
      left = ms.count() > 0 ? static_cast<int>(ms.count()) : 0;
    }
    pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
    const int ready = poll(&waiting, 1, left);
    if (ready > 0) return take();
    if (ready == 0 || errno != EINTR) return std::nullopt;
  }
}

}  // namespace xiaogate::process
