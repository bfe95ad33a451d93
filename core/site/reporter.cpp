#include "site/reporter.h"

#include <algorithm>

#include "site/journal_writer.h"

namespace xiaogate::site {

void Reporter::link_changed(bool up) {
  up_ = up;
  sent_ = acknowledged_;
  unsent_since_.reset();
}

bool Reporter::acknowledge(Effects& out, std::uint64_t through, std::uint64_t head, MonoTime now) {
  if (through > head) return false;
  if (through <= acknowledged_) return true;
  acknowledged_ = through;
  sent_ = std::max(sent_, through);
  progress_ = now;
  out.writes.emplace_back(Acknowledge{through});
  return true;
}

void Reporter::send(Effects& out, std::uint64_t head, MonoTime now) {
  if (!up_) return;
  const bool silence = sent_ > acknowledged_ && now - progress_ >= kSilence;
  if (silence) sent_ = acknowledged_;
  const std::uint64_t most = std::min(head, acknowledged_ + kWindow);
  if (sent_ >= most) return;
  if (!unsent_since_) unsent_since_ = now;
  if (!silence && most - sent_ < kBatch && now - *unsent_since_ < kGather) return;
  unsent_since_.reset();
  while (sent_ < most) {
    const std::uint64_t last = std::min(most, sent_ + kBatch);
    out.actions.emplace_back(SendReport{.first = sent_ + 1, .last = last});
    sent_ = last;
    progress_ = now;
  }
}

std::optional<MonoTime> Reporter::next_deadline() const {
  if (!up_) return std::nullopt;
  std::optional<MonoTime> next;
  if (sent_ > acknowledged_) next = progress_ + kSilence;
  if (unsent_since_) next = std::min(next.value_or(MonoTime::max()), *unsent_since_ + kGather);
  return next;
}

}  // namespace xiaogate::site
