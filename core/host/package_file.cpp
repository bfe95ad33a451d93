#include "host/package_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/child_process.h"

namespace xiaogate::host {
namespace {

std::unexpected<Error> io(const std::filesystem::path& path) {
  return failure("file.io", path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<Bytes> read_package_file(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) {
    return failure("package.altered", path.string() + " cannot be read: " + std::strerror(errno) +
                                          "; install the plugin again");
  }
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) > limit) {
    return failure("package.altered",
                   path.string() + " is no file of a package; install the plugin again");
  }
  Bytes octets(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < octets.size()) {
    const ssize_t n = read(file.get(), octets.data() + done, octets.size() - done);
    if (n < 0) return io(path);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  octets.resize(done);
  return octets;
}

Result<void> write_package_file(const std::filesystem::path& path, ByteView octets) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.get() < 0) return io(path);
  while (!octets.empty()) {
    const ssize_t n = write(file.get(), octets.data(), octets.size());
    if (n < 0) return io(path);
    octets = octets.subspan(static_cast<std::size_t>(n));
  }
  if (fchmod(file.get(), 0644) != 0 || fsync(file.get()) != 0) return io(path);
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const Descriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0) return io(folder);
  return {};
}

}  // namespace xiaogate::host
