// The system calls that a plugin's process may make, as seccomp allow-lists. Anything else kills
// the process with SIGSYS. The lists stand in syscall_filter.cpp, each line with its reason.
#pragma once

#include <memory>

#include "model/result.h"

namespace xiaogate::host {

// Movable. Any thread; enforce() binds the calling thread.
class SyscallFilter {
 public:
  // For opening a library, whose static constructors may be hostile: what the dynamic linker needs,
  // and what the second filter needs to be put in place. Error "sandbox.unavailable", as below.
  static Result<SyscallFilter> for_loading() { return make(true); }
  // For running a plugin: to answer calls and to allocate.
  static Result<SyscallFilter> for_running() { return make(false); }

  // From now on; filters add up and cannot be taken back.
  Result<void> enforce();

 private:
  using Context = std::unique_ptr<void, void (*)(void*)>;
  static Result<SyscallFilter> make(bool while_loading);
  explicit SyscallFilter(Context context) : context_(std::move(context)) {}

  Context context_;
};

}  // namespace xiaogate::host
