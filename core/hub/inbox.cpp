#include "hub/inbox.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace xiaogate::hub {

Result<std::unique_ptr<Inbox>> Inbox::create(std::size_t capacity) {
  const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) {
    return failure("hub.system", "eventfd: " + std::generic_category().message(errno));
  }
  return std::unique_ptr<Inbox>(new Inbox(capacity, descriptor));
}

Inbox::~Inbox() {
  ::close(descriptor_);
}

void Inbox::push(Input input) {
  // Only the first needs to wake the loop: it drains until nothing waits.
  if (waiting_.empty()) eventfd_write(descriptor_, 1);
  waiting_.push_back(std::move(input));
}

bool Inbox::post(Input input, Millis patience) {
  std::unique_lock lock(mutex_);
  room_.wait_for(lock, patience, [&] { return closed_ || waiting_.size() < capacity_; });
  if (closed_ || waiting_.size() >= capacity_) return false;
  push(std::move(input));
  return true;
}

void Inbox::post_always(Input input) {
  const std::scoped_lock lock(mutex_);
  if (!closed_) push(std::move(input));
}

std::vector<Input> Inbox::drain() {
  std::vector<Input> drained;
  {
    const std::scoped_lock lock(mutex_);
    drained.swap(waiting_);
    eventfd_t unused = 0;
    eventfd_read(descriptor_, &unused);
  }
  room_.notify_all();
  return drained;
}

void Inbox::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  room_.notify_all();
}

}  // namespace xiaogate::hub
