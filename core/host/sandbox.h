// Takes from this process everything that a plugin does not need, in two stages, because the static
// constructors of a library already run the vendor's code when it is opened:
//
//   Sandbox::confine()   before the library is opened. What may be hostile never runs outside it.
//   Sandbox::lock()      after it is open, before create(): also what opening it needed is gone.
//
//                                       | confine            | lock
//   seccomp allow-list (mandatory)      | syscall_filter.h   | syscall_filter.h
//   resource limits (mandatory)         | memory, no process, | no further descriptor
//                                       | file, core dump    |
//   no new privileges, no capabilities  | yes                |
//   Landlock, where the kernel has it   | libraries to read  | no path at all
//   user, net, ipc, uts and mount       |                    |
//   namespaces, where they may be made  | yes                |
//
// What breaks the allow-list is not refused but killed (SIGSYS): docs/decisions/0011 says why.
//
// A build with sanitizers cannot be held so: their run-time reserves terabytes of addresses, reads
// /proc and starts a process of its own. There (XIAOGATE_SANITIZED, cmake/flags.cmake) both stages
// do nothing and holds() says so.
//
// REQUIRES: a single thread (a user namespace cannot be entered by one of many).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/syscall_filter.h"
#include "model/result.h"

namespace xiaogate::host {

struct SandboxOptions {
  std::string folder;            // the plugin's; readable until lock()
  std::uint32_t memory_mib = 0;  // beyond what the process has already
};

class Sandbox {
 public:
  // Error "sandbox.unavailable": a mandatory part cannot be had, and what to do. The process is
  // then partly confined and good for nothing but saying so.
  static Result<Sandbox> confine(const SandboxOptions& options);
  Result<void> lock();

  // What holds the process, for the log: "seccomp, limits, Landlock 7, namespaces".
  const std::string& holds() const { return holds_; }

 private:
  Sandbox(std::string holds, int landlock, std::optional<SyscallFilter> strict)
      : holds_(std::move(holds)), landlock_(landlock), strict_(std::move(strict)) {}

  std::string holds_;
  int landlock_;
  std::optional<SyscallFilter> strict_;  // made before the library is opened, enforced by lock()
};

}  // namespace xiaogate::host
