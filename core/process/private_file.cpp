#include "process/private_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xiaogate::process {
namespace {

std::unexpected<Error> refused(const std::filesystem::path& path, int cause) {
  const std::string_view code = cause == ENOENT || cause == ENOTDIR ? "file.missing"
                                : cause == EACCES || cause == EPERM ? "file.unreadable"
                                : cause == EEXIST                   ? "file.conflict"
                                                                    : "file.io";
  return failure(code, path.string() + ": " + std::strerror(cause));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_directory(const std::filesystem::path& file) {
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor directory(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.number() >= 0 && fsync(directory.number()) == 0;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return refused(path, errno);
  std::string text;
  char part[4096];
  while (true) {
    const ssize_t count = read(file.number(), part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused(path, errno);
    if (count == 0) return text;
    text.append(part, static_cast<std::size_t>(count));
    if (text.size() > limit) {
      return failure("file.too_large",
                     path.string() + ": more than " + std::to_string(limit) + " octets");
    }
  }
}

Result<void> write_private_file(const std::filesystem::path& path, std::string_view text,
                                IfThere if_there) {
  const std::filesystem::path fresh = path.string() + ".new";
  unlink(fresh.c_str());
  bool done = false;
  {
    const Descriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.number() < 0) return refused(fresh, errno);
    done = write_all(file.number(), text) && fsync(file.number()) == 0;
  }
  // link() refuses what is there already, in one step with making it; rename() replaces it.
  if (done) {
    done = if_there == IfThere::replace ? rename(fresh.c_str(), path.c_str()) == 0
                                        : link(fresh.c_str(), path.c_str()) == 0;
  }
  const int cause = errno;
  unlink(fresh.c_str());
  if (!done) return refused(path, cause);
  if (!sync_directory(path)) return refused(path, errno);
  return {};
}

}  // namespace xiaogate::process
