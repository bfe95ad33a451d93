// Questions from other threads that the loop answers between two turns.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "model/json.h"
#include "model/result.h"
#include "process/inbox.h"

namespace xiaogate::gateway {

class StatusDesk {
 public:
  // Error "process.system".
  static Result<std::unique_ptr<StatusDesk>> create();
  StatusDesk(const StatusDesk&) = delete;
  StatusDesk& operator=(const StatusDesk&) = delete;

  // Any thread. The answer comes with the loop's next round; broken when the gateway stops first.
  std::future<Json> ask();

  // The loop's thread: whether somebody asks, and the answer to all of them.
  bool asked() const;
  void answer(const Json& status);
  int descriptor() const { return wake_.descriptor(); }

 private:
  explicit StatusDesk(process::WakeUp wake) : wake_(std::move(wake)) {}

  const process::WakeUp wake_;
  mutable std::mutex mutex_;
  std::vector<std::promise<Json>> waiting_;
};

}  // namespace xiaogate::gateway
