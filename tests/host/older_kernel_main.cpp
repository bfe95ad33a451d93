// xiaogate-plugin-host as on a kernel that lacks something: the system calls of
// XIAOGATE_KERNEL_WITHOUT answer as such a kernel does, and then the real program follows. Started
// in its place, with its arguments.
#include <cerrno>
#include <cstdio>

#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace {

struct Lacks {
  int call;
  int problem;
  int operation = -1;  // the first argument, when it matters
};
constexpr Lacks kLacks[] = {XIAOGATE_KERNEL_WITHOUT};

}  // namespace

int main(int, char** argv) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  for (const auto& [call, problem, operation] : kLacks) {
    const scmp_arg_cmp first{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(operation), 0};
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(problem)), call,
                           operation < 0 ? 0 : 1, &first);
  }
  if (seccomp_load(filter) == 0) execv(XIAOGATE_PLUGIN_RUNNER, argv);
  std::perror("older_kernel");
  return 1;
}
