#include "gateway/inbox.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace xiaogate::gateway {

Result<std::unique_ptr<Inbox>> Inbox::create(std::size_t capacity) {
  const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) {
    return failure("gateway.system", "eventfd: " + std::generic_category().message(errno));
  }
  return std::unique_ptr<Inbox>(new Inbox(capacity, descriptor));
}

Inbox::~Inbox() {
  ::close(descriptor_);
}

bool Inbox::post(site::Input input, Millis patience) {
  std::unique_lock lock(mutex_);
  room_.wait_for(lock, patience, [&] { return closed_ || waiting_.size() < capacity_; });
  if (closed_ || waiting_.size() >= capacity_) {
    ++lost_;
    return false;
  }
  add(std::move(input));
  return true;
}

void Inbox::post_always(site::Input input) {
  const std::scoped_lock lock(mutex_);
  add(std::move(input));
}

void Inbox::add(site::Input input) {
  const bool was_empty = waiting_.empty();
  waiting_.push_back(std::move(input));
  // Only the first needs to wake the loop: it drains until nothing waits.
  if (was_empty) eventfd_write(descriptor_, 1);
}

void Inbox::drain(std::vector<site::Input>& out, std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(limit, waiting_.size()));
  std::move(waiting_.begin(), waiting_.begin() + count, std::back_inserter(out));
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  if (waiting_.empty()) {
    eventfd_t unused = 0;
    eventfd_read(descriptor_, &unused);
  }
  room_.notify_all();
}

void Inbox::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  room_.notify_all();
}

std::uint64_t Inbox::lost() const {
  const std::scoped_lock lock(mutex_);
  return lost_;
}

}  // namespace xiaogate::gateway
