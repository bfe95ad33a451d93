// Where everything that happens outside the hub's thread waits for the next turn.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "hub/input.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::hub {

// A bounded queue with a descriptor to wait on. post() from any thread, drain() on the hub's.
class Inbox {
 public:
  // Error "hub.system": the kernel gives no eventfd.
  static Result<std::unique_ptr<Inbox>> create(std::size_t capacity);
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Waits up to `patience` while the inbox is full: back-pressure on the sender. False when it
  // stayed full or is closed; the input is then lost, and a question in it never answered.
  bool post(Input input, Millis patience);
  // Takes the input however full the inbox is; for what happens rarely and must not be lost.
  void post_always(Input input);

  // What waits, in order of arrival.
  std::vector<Input> drain();
  // From now on nothing is taken any more.
  void close();

  // Readable while something waits.
  int descriptor() const { return descriptor_; }

 private:
  Inbox(std::size_t capacity, int descriptor) : capacity_(capacity), descriptor_(descriptor) {}
  void push(Input input);  // REQUIRES: mutex_ is held

  const std::size_t capacity_;
  const int descriptor_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Input> waiting_;
  bool closed_ = false;
};

}  // namespace xiaogate::hub
