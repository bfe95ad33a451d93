// The calls of one plugin, oldest first; the first in_flight() of them have been sent. Same thread
// as the host.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "model/plugin.h"
#include "model/time.h"

namespace xiaogate::host {

class CallQueue {
 public:
  struct Pending {
    PluginCall call;
    MonoTime expires;
  };

  std::size_t size() const { return queue_.size(); }
  std::size_t in_flight() const { return in_flight_; }
  void add(PluginCall call, MonoTime expires) { queue_.push_back({std::move(call), expires}); }

  // The oldest call that has not been sent; null when there is none.
  const Pending* next() const { return in_flight_ < queue_.size() ? &queue_[in_flight_] : nullptr; }
  // next() has been sent.
  void sent(MonoTime now);

  // The rest REQUIRES in_flight() > 0.
  const PluginCall& head() const { return queue_.front().call; }
  MonoTime head_since() const { return head_since_; }  // since when it has been the head
  // A part of the head's effects; false when a call may not return as much.
  bool add_effects(std::vector<PluginEffect> effects);
  bool has_effects() const { return !effects_.empty(); }
  // The head is answered: its effects.
  std::vector<PluginEffect> answer_head(MonoTime now);

  // The process has ended: its head, if it had one, which is dropped. All others count as unsent.
  std::optional<PluginCall> lose_process();

  // Takes out unsent calls.
  std::vector<PluginCall> take_unsent(const std::function<bool(const Pending&)>& which);
  // When the next unsent call has expired, one tick after its `expires`.
  std::optional<MonoTime> next_expiry() const;

 private:
  std::deque<Pending> queue_;
  std::size_t in_flight_ = 0;
  MonoTime head_since_{};
  std::vector<PluginEffect> effects_;  // of the head
};

}  // namespace xiaogate::host
