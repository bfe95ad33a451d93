#include "gateway/status_desk.h"

#include <utility>

namespace xiaogate::gateway {

Result<std::unique_ptr<StatusDesk>> StatusDesk::create() {
  auto wake = process::WakeUp::create();
  if (!wake) return std::unexpected(wake.error());
  return std::unique_ptr<StatusDesk>(new StatusDesk(std::move(*wake)));
}

std::future<Json> StatusDesk::ask() {
  const std::scoped_lock lock(mutex_);
  waiting_.emplace_back();
  wake_.set();
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
    wake_.clear();
  }
  for (auto& promise : waiting) promise.set_value(status);
}

}  // namespace xiaogate::gateway
