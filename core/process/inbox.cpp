#include "process/inbox.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace xiaogate::process {

Result<WakeUp> WakeUp::create() {
  const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) {
    return failure("process.system", "eventfd: " + std::generic_category().message(errno));
  }
  return WakeUp(descriptor);
}

WakeUp::WakeUp(WakeUp&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

WakeUp::~WakeUp() {
  if (descriptor_ >= 0) close(descriptor_);
}

void WakeUp::set() const {
  eventfd_write(descriptor_, 1);
}

void WakeUp::clear() const {
  eventfd_t unused = 0;
  eventfd_read(descriptor_, &unused);
}

}  // namespace xiaogate::process
