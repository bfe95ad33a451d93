#include "host/sandbox.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/landlock.h"

namespace xiaogate::host {

namespace {

#ifdef XIAOGATE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr rlim_t kMebi = rlim_t{1} << 20U;
constexpr rlim_t kLibraryRoom = 64 * kMebi;  // addresses for the code of the plugin's libraries
constexpr rlim_t kStack = 2 * kMebi;
constexpr rlim_t kLoadingFiles = 64;  // the highest descriptor while libraries are opened
constexpr rlim_t kRunningFiles = 4;   // 2 and 3 are open, nothing else can be

std::unexpected<Error> unavailable(const std::string& what) {
  return failure("sandbox.unavailable", what + ": " + std::strerror(errno));
}

// What the process has now, in octets.
struct Memory {
  rlim_t addresses = 0;
  rlim_t data = 0;
};

Result<Memory> memory_in_use() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return unavailable("/proc/self/statm cannot be read; is /proc mounted?");
  unsigned long size = 0;
  unsigned long data = 0;
  const int read = std::fscanf(file, "%lu %*u %*u %*u %*u %lu", &size, &data);
  std::fclose(file);
  if (read != 2) return unavailable("/proc/self/statm is not as proc(5) has it");
  const auto page = static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
  return Memory{size * page, data * page};
}

Result<void> limit(__rlimit_resource resource, const char* name, rlim_t most) {
  rlimit now{};
  if (getrlimit(resource, &now) != 0) return unavailable(name);
  // Somebody may have set less already.
  const rlimit wanted{std::min(most, now.rlim_max), std::min(most, now.rlim_max)};
  if (setrlimit(resource, &wanted) != 0) return unavailable(name);
  return {};
}

Result<void> set_limits(std::uint32_t memory_mib) {
  const auto used = memory_in_use();
  if (!used) return std::unexpected(used.error());
  const rlim_t quota = memory_mib * kMebi;
  const struct {
    __rlimit_resource resource;
    const char* name;
    rlim_t most;
  } limits[] = {
      {RLIMIT_DATA, "RLIMIT_DATA", used->data + quota},  // memory of its own
      {RLIMIT_AS, "RLIMIT_AS", used->addresses + quota + kLibraryRoom},
      {RLIMIT_STACK, "RLIMIT_STACK", kStack},
      {RLIMIT_NPROC, "RLIMIT_NPROC", 0},  // root is not held by this, the filter holds it
      {RLIMIT_CORE, "RLIMIT_CORE", 0},    // which may be large, and hold what is confidential
      {RLIMIT_FSIZE, "RLIMIT_FSIZE", 0},
      {RLIMIT_MEMLOCK, "RLIMIT_MEMLOCK", 0},
      {RLIMIT_MSGQUEUE, "RLIMIT_MSGQUEUE", 0},
      {RLIMIT_NOFILE, "RLIMIT_NOFILE", kLoadingFiles},
  };
  for (const auto& one : limits) {
    if (auto set = limit(one.resource, one.name, one.most); !set) return set;
  }
  return {};
}

// A user may make the others inside a user namespace; root where that is forbidden, without one.
bool leave_namespaces() {
  constexpr int kKinds = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS;
  return unshare(CLONE_NEWUSER | kKinds) == 0 || unshare(kKinds) == 0;
}

// Also those that come with a user namespace.
Result<void> drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
  if (syscall(SYS_capset, &header, none) != 0) return unavailable("capset");
  return {};
}

// Where the dynamic linker looks (ld.so(8)), beside the plugin itself.
std::vector<std::string> readable(const std::string& folder) {
  return {folder, "/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"};
}

}  // namespace

Result<Sandbox> Sandbox::confine(const SandboxOptions& options) {
  if (kSanitized) return Sandbox("nothing, for it is built with sanitizers", 0, std::nullopt);
  auto loading = SyscallFilter::for_loading();
  if (!loading) return std::unexpected(loading.error());
  auto running = SyscallFilter::for_running();
  if (!running) return std::unexpected(running.error());
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return unavailable("PR_SET_NO_NEW_PRIVS");
  std::string holds = "seccomp, limits";
  const int landlock = landlock_version();
  holds += landlock > 0 ? ", Landlock " + std::to_string(landlock) : ", no Landlock";
  holds += leave_namespaces() ? ", namespaces" : ", no namespaces";
  if (auto set = set_limits(options.memory_mib); !set) return std::unexpected(set.error());
  if (landlock > 0) {
    if (auto kept = landlock_keep_only(landlock, readable(options.folder)); !kept) {
      return std::unexpected(kept.error());
    }
  }
  if (auto dropped = drop_capabilities(); !dropped) return std::unexpected(dropped.error());
  if (auto enforced = loading->enforce(); !enforced) return std::unexpected(enforced.error());
  return Sandbox(std::move(holds), landlock, std::move(*running));
}

Result<void> Sandbox::lock() {
  if (!strict_) return {};
  if (landlock_ > 0) {
    if (auto kept = landlock_keep_only(landlock_, {}); !kept) return kept;
  }
  if (auto set = limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", kRunningFiles); !set) return set;
  auto enforced = strict_->enforce();
  strict_.reset();
  return enforced;
}

}  // namespace xiaogate::host
