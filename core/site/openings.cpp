#include "site/openings.h"

#include <utility>

namespace xiaogate::site {

void Openings::decided(std::uint64_t decision, std::string gate, MonoTime expires) {
  openings_[decision] = {.gate = std::move(gate), .expires = expires};
}

std::optional<MonoTime> Openings::expires(std::uint64_t decision) const {
  const auto found = openings_.find(decision);
  if (found == openings_.end()) return std::nullopt;
  return found->second.expires;
}

bool Openings::answered(std::uint64_t decision, const std::string& gate) {
  const auto found = openings_.find(decision);
  if (found == openings_.end() || found->second.gate != gate) return false;
  openings_.erase(found);
  return true;
}

void Openings::tick(Effects& out, JournalWriter& journal, const Instant& now) {
  std::erase_if(openings_, [&](const auto& opening) {
    const auto& [decision, what] = opening;
    if (what.expires + kAnswerPatience > now.mono) return false;
    journal.append(out, now, Durability::stable, "gate_silent",
                   {{"decision", decision}, {"gate", what.gate}});
    return true;
  });
}

std::optional<MonoTime> Openings::next_deadline() const {
  std::optional<MonoTime> next;
  for (const auto& [decision, opening] : openings_) {
    const MonoTime due = opening.expires + kAnswerPatience;
    if (!next || due < *next) next = due;
  }
  return next;
}

}  // namespace xiaogate::site
