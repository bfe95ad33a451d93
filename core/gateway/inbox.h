// Where everything that happens outside the loop waits for the next turn.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "site/input.h"

namespace xiaogate::gateway {

// A bounded queue with a descriptor to wait on. post() from any thread, drain() on the loop's.
class Inbox {
 public:
  // Error "gateway.system": the kernel gives no eventfd.
  static Result<std::unique_ptr<Inbox>> create(std::size_t capacity);
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Waits up to `patience` while the inbox is full: back-pressure on the sender. False when there
  // was no room, the input is then lost and counted.
  bool post(site::Input input, Millis patience);

  // Appends what is waiting, at most `limit`, to `out`, in order of arrival.
  void drain(std::vector<site::Input>& out, std::size_t limit);

  // For the few inputs that must not be lost whatever the load: takes no notice of the capacity.
  void post_always(site::Input input);

  // From now on post() refuses at once: nobody drains any more.
  void close();

  // Readable while something waits.
  int descriptor() const { return descriptor_; }
  std::uint64_t lost() const;

 private:
  void add(site::Input input);
  Inbox(std::size_t capacity, int descriptor) : capacity_(capacity), descriptor_(descriptor) {}

  const std::size_t capacity_;
  const int descriptor_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::vector<site::Input> waiting_;
  std::uint64_t lost_ = 0;
  bool closed_ = false;
};

}  // namespace xiaogate::gateway
