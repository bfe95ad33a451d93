#include "gateway/status_desk.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace xiaogate::gateway {

Result<std::unique_ptr<StatusDesk>> StatusDesk::create() {
  const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) {
    return failure("gateway.system", "eventfd: " + std::generic_category().message(errno));
  }
  return std::unique_ptr<StatusDesk>(new StatusDesk(descriptor));
}

StatusDesk::~StatusDesk() {
  close(descriptor_);
}

std::future<Json> StatusDesk::ask() {
  const std::scoped_lock lock(mutex_);
  waiting_.emplace_back();
  eventfd_write(descriptor_, 1);
  return waiting_.back().get_future();
}

bool StatusDesk::asked() const {
  const std::scoped_lock lock(mutex_);
  return !waiting_.empty();
}

void StatusDesk::answer(const Json& status) {
  std::vector<std::promise<Json>> waiting;
  {
    const std::scoped_lock lock(mutex_);
    waiting.swap(waiting_);
    eventfd_t unused = 0;
    eventfd_read(descriptor_, &unused);
  }
  for (auto& promise : waiting) promise.set_value(status);
}

}  // namespace xiaogate::gateway
