#include "gateway/desk.h"

#include <utility>

namespace xiaogate::gateway {
namespace {

Result<Json> stopping() {
  return failure("gateway.stopping", "the gateway is stopping");
}

}  // namespace

Result<std::unique_ptr<Desk>> Desk::create() {
  auto wake = process::WakeUp::create();
  if (!wake) return std::unexpected(wake.error());
  return std::unique_ptr<Desk>(new Desk(std::move(*wake)));
}

Result<Json> Desk::ask(Question question, MonoTime now, Millis patience) {
  std::future<Result<Json>> answer;
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return stopping();
    number = next_++;
    asked_.push_back({.number = number, .question = std::move(question), .at = now});
    answer = waiting_[number].get_future();
    wake_.set();
  }
  if (answer.wait_for(patience) == std::future_status::ready) return answer.get();
  const std::scoped_lock lock(mutex_);
  waiting_.erase(number);
  // It may have come in the meantime.
  if (answer.wait_for(Millis(0)) == std::future_status::ready) return answer.get();
  return failure("gateway.busy",
                 "the gateway does not answer; whether an order was carried out is in its journal");
}

std::vector<Desk::Asked> Desk::take() {
  const std::scoped_lock lock(mutex_);
  wake_.clear();
  return std::exchange(asked_, {});
}

void Desk::answer(std::uint64_t number, Result<Json> answer) {
  const std::scoped_lock lock(mutex_);
  auto waiting = waiting_.extract(number);
  if (waiting) waiting.mapped().set_value(std::move(answer));
}

void Desk::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  asked_.clear();
  for (auto& [number, waiting] : std::exchange(waiting_, {})) waiting.set_value(stopping());
}

}  // namespace xiaogate::gateway
