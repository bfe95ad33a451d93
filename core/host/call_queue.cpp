#include "host/call_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "host/plugin_library.h"

namespace xiaogate::host {
namespace {

std::size_t text_bytes(const std::vector<PluginEffect>& effects) {
  std::size_t bytes = 0;
  for (const auto& effect : effects) {
    bytes += effect.device.size() + effect.name.size() + effect.data.size();
  }
  return bytes;
}

}  // namespace

void CallQueue::sent(MonoTime now) {
  if (in_flight_++ == 0) head_since_ = now;
}

bool CallQueue::add_effects(std::vector<PluginEffect> effects) {
  if (effects_.empty()) {
    effects_ = std::move(effects);
  } else {
    std::ranges::move(effects, std::back_inserter(effects_));
  }
  return effects_.size() <= kMaxEffects && text_bytes(effects_) <= kMaxResultBytes;
}

std::vector<PluginEffect> CallQueue::answer_head(MonoTime now) {
  queue_.pop_front();
  --in_flight_;
  head_since_ = now;
  return std::exchange(effects_, {});
}

std::optional<PluginCall> CallQueue::lose_process() {
  effects_.clear();
  if (std::exchange(in_flight_, 0) == 0) return std::nullopt;
  auto head = std::move(queue_.front().call);
  queue_.pop_front();
  return head;
}

std::vector<PluginCall> CallQueue::take_unsent(const std::function<bool(const Pending&)>& which) {
  const auto unsent = queue_.begin() + static_cast<std::ptrdiff_t>(in_flight_);
  const auto taken = std::stable_partition(unsent, queue_.end(),
                                           [&](const Pending& pending) { return !which(pending); });
  std::vector<PluginCall> calls;
  for (auto one = taken; one != queue_.end(); ++one) calls.push_back(std::move(one->call));
  queue_.erase(taken, queue_.end());
  return calls;
}

std::optional<MonoTime> CallQueue::next_expiry() const {
  std::optional<MonoTime> next;
  for (std::size_t i = in_flight_; i < queue_.size(); ++i) {
    if (queue_[i].expires == MonoTime::max()) continue;
    const MonoTime over = queue_[i].expires + Millis(1);
    next = next ? std::min(*next, over) : over;
  }
  return next;
}

}  // namespace xiaogate::host
