// Where everything that happens outside a program's loop waits for its next turn.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "model/result.h"
#include "model/time.h"

namespace xiaogate::process {

// A descriptor that a poll loop waits on and any thread can make readable (eventfd(2)).
class WakeUp {
 public:
  // Error "process.system": the kernel gives none.
  static Result<WakeUp> create();
  WakeUp(WakeUp&& other) noexcept;
  WakeUp& operator=(WakeUp&&) = delete;
  ~WakeUp();

  void set() const;
  void clear() const;
  int descriptor() const { return descriptor_; }

 private:
  explicit WakeUp(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// A bounded queue with a descriptor to wait on. post() from any thread, drain() on the loop's.
template <class Input>
class Inbox {
 public:
  // Error "process.system".
  static Result<std::unique_ptr<Inbox>> create(std::size_t capacity) {
    auto wake = WakeUp::create();
    if (!wake) return std::unexpected(wake.error());
    return std::unique_ptr<Inbox>(new Inbox(capacity, std::move(*wake)));
  }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Waits up to `patience` while the inbox is full: back-pressure on the sender. False when it
  // stayed full or is closed; the input is then lost and counted.
  bool post(Input input, Millis patience) {
    std::unique_lock lock(mutex_);
    room_.wait_for(lock, patience, [&] { return closed_ || waiting_.size() < capacity_; });
    if (closed_ || waiting_.size() >= capacity_) {
      ++lost_;
      return false;
    }
    add(std::move(input));
    return true;
  }

  // Takes the input however full the inbox is; for what happens rarely and must not be lost.
  void post_always(Input input) {
    const std::scoped_lock lock(mutex_);
    if (!closed_) add(std::move(input));
  }

  // Appends what waits, at most `limit`, to `out`, in order of arrival.
  void drain(std::vector<Input>& out, std::size_t limit) {
    {
      const std::scoped_lock lock(mutex_);
      const auto end =
          waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(limit, waiting_.size()));
      std::move(waiting_.begin(), end, std::back_inserter(out));
      waiting_.erase(waiting_.begin(), end);
      if (waiting_.empty()) wake_.clear();
    }
    room_.notify_all();
  }

  // All that waits.
  std::vector<Input> drain() {
    std::vector<Input> out;
    drain(out, static_cast<std::size_t>(-1));
    return out;
  }

  // From now on nothing is taken any more: nobody drains.
  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    room_.notify_all();
  }

  // Readable while something waits.
  int descriptor() const { return wake_.descriptor(); }
  std::uint64_t lost() const {
    const std::scoped_lock lock(mutex_);
    return lost_;
  }

 private:
  Inbox(std::size_t capacity, WakeUp wake) : capacity_(capacity), wake_(std::move(wake)) {}

  // Only the first needs to wake the loop: it drains until nothing waits.
  void add(Input input) {
    if (waiting_.empty()) wake_.set();
    waiting_.push_back(std::move(input));
  }

  const std::size_t capacity_;
  const WakeUp wake_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Input> waiting_;
  std::uint64_t lost_ = 0;
  bool closed_ = false;
};

}  // namespace xiaogate::process
