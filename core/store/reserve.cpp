#include "store/reserve.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace xiaogate::store {
namespace {

std::unexpected<Error> cannot_hold(const std::filesystem::path& path, int cause) {
  const bool full = cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
  return failure(full ? "store.full" : "store.io",
                 "Cannot put disk space aside (" + path.string() + "): " + std::strerror(cause) +
                     ". Free disk space; until then a full disk stops the gateway from recording.");
}

}  // namespace

Reserve::Reserve(std::filesystem::path path, std::uint64_t size)
    : path_(std::move(path)), size_(size) {
  struct stat status{};
  held_ = size_ > 0 && stat(path_.c_str(), &status) == 0 &&
          static_cast<std::uint64_t>(status.st_size) >= size_ &&
          static_cast<std::uint64_t>(status.st_blocks) * 512 >= size_;
}

Result<void> Reserve::hold() {
  if (held_ || size_ == 0) return {};
  struct statvfs disk{};
  const std::filesystem::path parent = path_.has_parent_path() ? path_.parent_path() : ".";
  if (statvfs(parent.c_str(), &disk) != 0) return cannot_hold(path_, errno);
  if (disk.f_bavail * disk.f_frsize < 2 * size_) return cannot_hold(path_, ENOSPC);
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return cannot_hold(path_, errno);
  const int cause = posix_fallocate(file, 0, static_cast<off_t>(size_));
  if (cause != 0) std::ignore = ftruncate(file, 0);
  close(file);
  if (cause != 0) return cannot_hold(path_, cause);
  held_ = true;
  return {};
}

bool Reserve::release() {
  if (!held_) return false;
  held_ = false;
  return truncate(path_.c_str(), 0) == 0;
}

}  // namespace xiaogate::store
