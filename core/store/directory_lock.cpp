#include "store/directory_lock.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace xiaogate::store {
namespace {

std::string owner_of(int descriptor) {
  std::array<char, 16> text{};
  const ssize_t length = pread(descriptor, text.data(), text.size(), 0);
  std::string owner;
  for (ssize_t i = 0; i < length && text[static_cast<std::size_t>(i)] >= '0' &&
                      text[static_cast<std::size_t>(i)] <= '9';
       ++i) {
    owner += text[static_cast<std::size_t>(i)];
  }
  return owner.empty() ? "another process" : "process " + owner;
}

std::unexpected<Error> refused(const std::filesystem::path& file, int cause) {
  const std::string where = file.parent_path().string();
  if (cause == ENOTDIR) {
    return failure("store.missing",
                   where + " is not a directory. Choose a data directory that is one.");
  }
  if (cause == ENOENT) {
    return failure("store.missing", "The data directory " + where +
                                        " does not exist. Create it and give it to the user that "
                                        "this program runs as.");
  }
  if (cause == EACCES || cause == EPERM || cause == EROFS) {
    return failure("store.unreadable", "The data directory " + where +
                                           " is not writable: " + std::strerror(cause) +
                                           ". Give it to the user that this program runs as.");
  }
  return failure("store.io",
                 "Cannot lock the data directory " + where + ": " + std::strerror(cause) + ".");
}

}  // namespace

Result<DirectoryLock> DirectoryLock::acquire(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return refused(file, errno);
  DirectoryLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return refused(file, errno);
    return failure("store.locked", "The data directory " + directory.string() + " is in use by " +
                                       owner_of(descriptor) +
                                       ". Stop it, or choose another directory.");
  }
  // Only for the sentence above; a full disk must not keep the gateway from starting.
  const std::string owner = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, owner.data(), owner.size(), 0) < 0) {
    return lock;
  }
  return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace xiaogate::store
