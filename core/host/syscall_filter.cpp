#include "host/syscall_filter.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <span>
#include <vector>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace xiaogate::host {
namespace {

constexpr int kWire = 3;  // child_process.h

struct Rule {
  int call;
  std::vector<scmp_arg_cmp> when = {};  // all of these
};

// The argument's bits of `mask` are `value`. The kernel reads the lower half of an int's register.
scmp_arg_cmp masked(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}
scmp_arg_cmp is(unsigned argument, int value) {
  return masked(argument, 0xffffffff, static_cast<std::uint32_t>(value));
}
scmp_arg_cmp without(unsigned argument, int bits) {
  return masked(argument, static_cast<scmp_datum_t>(bits), 0);
}
scmp_arg_cmp with(unsigned argument, int bits) {
  return masked(argument, static_cast<scmp_datum_t>(bits), static_cast<scmp_datum_t>(bits));
}

// Both stages.
std::vector<Rule> running() {
  const pid_t self = getpid();
  return {
      // The wire. recv() and send() are these; sendmsg() could pass descriptors and is not here.
      {SCMP_SYS(recvfrom), {is(0, kWire)}},
      {SCMP_SYS(sendto), {is(0, kWire)}},
      // Last words: assert(), abort(), std::terminate(). The pipe is small and never waited for.
      {SCMP_SYS(write), {is(0, STDERR_FILENO)}},
      {SCMP_SYS(writev), {is(0, STDERR_FILENO)}},
      // Memory, of its own and never executable; how much is the resource limit's business.
      {SCMP_SYS(brk)},
      {SCMP_SYS(mmap), {without(2, PROT_EXEC), with(3, MAP_PRIVATE | MAP_ANONYMOUS)}},
      {SCMP_SYS(mprotect), {without(2, PROT_EXEC)}},
      {SCMP_SYS(mremap)},
      {SCMP_SYS(munmap)},
      {SCMP_SYS(madvise)},  // free() gives pages back
      // A lock of one thread never waits, but who wakes nobody asks the kernel all the same.
      {SCMP_SYS(futex)},
      // abort() blocks signals, raises SIGABRT in this thread, and resets it if that was handled.
      {SCMP_SYS(rt_sigprocmask)},
      {SCMP_SYS(getpid)},
      {SCMP_SYS(gettid)},
      {SCMP_SYS(tgkill), {is(0, self), is(1, self)}},
      {SCMP_SYS(rt_sigaction), {is(0, SIGABRT)}},
      // A debugger, or SIGSTOP and SIGCONT by hand, interrupt.
      {SCMP_SYS(rt_sigreturn)},
      {SCMP_SYS(restart_syscall)},
      // The vDSO tells the time without the kernel. Where it cannot, the plugin that is nowhere
      // else
      // caught with a clock must not die.
      {SCMP_SYS(clock_gettime)},
      {SCMP_SYS(gettimeofday)},
      // The end.
      {SCMP_SYS(exit)},
      {SCMP_SYS(exit_group)},
  };
}

// What the first stage has beyond that.
std::vector<Rule> loading() {
  return {
      // dlopen() finds and reads libraries; for reading alone, and where Landlock lets it.
      {SCMP_SYS(openat), {without(2, O_ACCMODE | O_CREAT | O_TRUNC)}},
      {SCMP_SYS(read)},
      {SCMP_SYS(pread64)},
      {SCMP_SYS(fstat)},
      {SCMP_SYS(newfstatat)},
      {SCMP_SYS(close)},
      // ... and maps them: their data, and their code, which is never memory written before.
      {SCMP_SYS(mmap), {without(2, PROT_EXEC)}},
      {SCMP_SYS(mmap), {without(3, MAP_ANONYMOUS)}},
      // Seeds of hash tables and of malloc() in static constructors.
      {SCMP_SYS(getrandom)},
      // What Sandbox::lock() does.
      {SCMP_SYS(prlimit64)},
      {SCMP_SYS(setrlimit)},
      {SCMP_SYS(landlock_create_ruleset)},
      {SCMP_SYS(landlock_restrict_self)},
      {SCMP_SYS(prctl), {is(0, PR_SET_NO_NEW_PRIVS)}},
      {SCMP_SYS(prctl), {is(0, PR_SET_SECCOMP)}},
      {SCMP_SYS(seccomp)},
  };
}

std::unexpected<Error> unavailable(const std::string& what, int code) {
  return failure(
      "sandbox.unavailable",
      "the seccomp filter " + what + ": " + std::strerror(-code) +
          "; the kernel needs CONFIG_SECCOMP_FILTER, and a container must let it be set");
}

}  // namespace

Result<SyscallFilter> SyscallFilter::make(bool while_loading) {
  Context context(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (context == nullptr) return unavailable("cannot be made", -ENOMEM);
  // Calls of another architecture's table, and x32's.
  seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  auto rules = running();
  if (while_loading) {
    for (auto& rule : loading()) rules.push_back(std::move(rule));
  }
  for (const auto& [call, when] : rules) {
    // A call that this architecture does not have needs no rule.
    if (call < 0) continue;
    const int code = seccomp_rule_add_array(context.get(), SCMP_ACT_ALLOW, call,
                                            static_cast<unsigned>(when.size()), when.data());
    if (code != 0) return unavailable("does not take system call " + std::to_string(call), code);
  }
  for (const int call : {SCMP_SYS(recvfrom), SCMP_SYS(sendto)}) {
    seccomp_syscall_priority(context.get(), call, 255);
  }
  return SyscallFilter(std::move(context));
}

Result<void> SyscallFilter::enforce() {
  if (const int code = seccomp_load(context_.get()); code != 0) {
    return unavailable("cannot be put in force", code);
  }
  return {};
}

}  // namespace xiaogate::host
