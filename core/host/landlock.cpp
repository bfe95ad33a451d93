#include "host/landlock.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/child_process.h"

namespace xiaogate::host {
namespace {

// As in <linux/landlock.h> of Linux 6.12; that of Debian 12 knows only the first member.
struct Ruleset {
  std::uint64_t paths;
  std::uint64_t ports;
  std::uint64_t scopes;
};

// What each version of the interface can take away, and how much of Ruleset it reads.
struct Version {
  std::uint64_t paths;   // the lowest bits
  std::uint64_t ports;   // bind, connect
  std::uint64_t scopes;  // abstract sockets, signals
  std::size_t size;
};
constexpr std::uint64_t bits(unsigned count) {
  return (std::uint64_t{1} << count) - 1;
}
constexpr Version kVersions[] = {
    {bits(13), 0, 0, 8},               // 1, Linux 5.13
    {bits(14), 0, 0, 8},               // 2, 5.19: moving between folders
    {bits(15), 0, 0, 8},               // 3, 6.2: truncating
    {bits(15), bits(2), 0, 16},        // 4, 6.7: TCP
    {bits(16), bits(2), 0, 16},        // 5, 6.10: ioctl on devices
    {bits(16), bits(2), bits(2), 24},  // 6, 6.12: scopes
};

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kReadFolder = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;

std::unexpected<Error> unavailable(const std::string& what) {
  return failure("sandbox.unavailable", "Landlock: " + what + ": " + std::strerror(errno));
}

Result<void> allow(int ruleset, const std::string& path) {
  const Descriptor file(open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status{};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) return {};
  landlock_path_beneath_attr rule{};
  rule.allowed_access = S_ISDIR(status.st_mode) ? kReadFolder : kReadFile;
  rule.parent_fd = file.get();
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return unavailable(path);
  }
  return {};
}

}  // namespace

int landlock_version() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0},
                               LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

Result<void> landlock_keep_only(int version, const std::vector<std::string>& readable) {
  const auto known = std::min(static_cast<std::size_t>(version), std::size(kVersions));
  const Version& can = kVersions[known - 1];
  const Ruleset handled{can.paths, can.ports, can.scopes};
  const Descriptor ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, can.size, 0)));
  if (ruleset.get() < 0) return unavailable("no ruleset");
  for (const auto& path : readable) {
    if (auto allowed = allow(ruleset.get(), path); !allowed) return allowed;
  }
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return unavailable("not in force");
  }
  return {};
}

}  // namespace xiaogate::host
