// SIGTERM and SIGINT as a descriptor that a poll loop waits on.
#pragma once

#include <chrono>
#include <optional>

#include "model/result.h"

namespace xiaogate::process {

// While it lives, SIGTERM and SIGINT do not end the process but make descriptor() readable, and
// SIGPIPE is ignored (a peer that went away is an error of the write, not the end of the process).
// REQUIRES: made on the main thread before any other thread starts, for threads inherit the mask.
// So do children: a process started meanwhile must unblock the two signals if it wants them.
class StopSignals {
 public:
  // Error: "process.signals".
  static Result<StopSignals> block();

  StopSignals(StopSignals&& other) noexcept;
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  StopSignals& operator=(StopSignals&&) = delete;
  // Drops what is pending and gives both signals their former meaning back.
  ~StopSignals();

  // Readable when a signal is waiting. Owned by this object.
  int descriptor() const { return descriptor_; }
  // The signal that arrived (SIGTERM or SIGINT), taken once; nothing when none did. Never blocks.
  std::optional<int> take();
  // Blocks until a signal arrives or `timeout` is over; for programs without a loop of their own.
  std::optional<int> wait(std::optional<std::chrono::milliseconds> timeout = std::nullopt);

 private:
  StopSignals(int descriptor, bool term_was_blocked, bool int_was_blocked);

  int descriptor_;
  bool term_was_blocked_;
  bool int_was_blocked_;
};

}  // namespace xiaogate::process
