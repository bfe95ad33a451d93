// How a swap ends, and what later becomes of an open case.

#include <algorithm>

#include "site/swap.h"

namespace xiaogate::site {

Json Swap::about(const Current& current) const {
  Json body{{"swap", current.id}, {"credential", current.rider.credential}};
  if (current.slot != 0) {
    body["slot"] = current.slot;
    body["purpose"] = to_string(current.purpose);
  }
  return body;
}

void Swap::taken(const Turn& turn) {
  const bool done = current_->purpose == Purpose::take;
  if (current_->owned && !current_->battery.empty()) {
    batteries_.hand_out(turn.out, current_->battery, current_->rider.subject);
  }
  Json body = about(*current_);
  body["battery"] = current_->battery;
  record(turn, "swap_taken", body);
  if (!done) return abort(turn, current_->reason);
  body["returned_slot"] = current_->deposited.slot;
  body["returned"] = current_->deposited.battery;
  record(turn, "swap_done", body);
  finish(turn, "done");
}

// The rider holds what he came with.
void Swap::abort(const Turn& turn, const std::string& reason) {
  Json body = about(*current_);
  body["reason"] = reason;
  record(turn, "swap_aborted", body);
  finish(turn, reason);
}

void Swap::give_up(const Turn& turn) {
  if (current_->looking) return abort(turn, "cabinet_silent");
  const auto* entry = board_.find(current_->slot);
  const bool insert = current_->purpose == Purpose::insert;
  const std::string seen = entry == nullptr ? std::string() : entry->slot.battery;
  end_in_case(turn, insert ? seen : current_->battery, "cabinet_silent");
}

void Swap::open_case(const Turn& turn, const std::string& battery, const std::string& reason) {
  SwapCase what{.id = 0,
                .rider = current_->rider,
                .slot = current_->slot,
                .battery = battery,
                .purpose = current_->purpose,
                .reason = reason,
                .owned = current_->owned,
                .deposited = current_->deposited};
  Json body = about(*current_);
  body["battery"] = battery;
  body["reason"] = reason;
  what.id = record(turn, "swap_case_opened", body);
  cases_.push_back(std::move(what));
}

void Swap::end_in_case(const Turn& turn, const std::string& battery, const std::string& reason) {
  open_case(turn, battery, reason);
  Json body = about(*current_);
  body["reason"] = reason;
  body["case"] = cases_.back().id;
  record(turn, "swap_aborted", body);
  finish(turn, "case_opened");
}

void Swap::finish(const Turn& turn, const std::string& word) {
  show(turn, word, current_->slot);
  current_.reset();
}

SwapCase* Swap::case_of(const std::string& subject) {
  const auto found = std::ranges::find_if(cases_, [&](const SwapCase& what) {
    return what.rider.subject == subject && !what.battery.empty();
  });
  return found == cases_.end() ? nullptr : &*found;
}

void Swap::review_cases(const Turn& turn) {
  std::erase_if(cases_, [&](SwapCase& what) { return review(turn, what); });
}

// True when the slot itself answers the case's question.
bool Swap::review(const Turn& turn, SwapCase& what) {
  const auto* entry = board_.find(what.slot);
  if (entry == nullptr || !board_.certain(what.slot)) return false;
  const Slot& slot = entry->slot;
  const bool same = slot.battery.empty() || slot.battery == what.battery;
  if (!slot.vacant() && (same || !slot.occupied())) return false;
  // What the case named is out of the slot.
  const bool out = !what.battery.empty();
  if (out && what.owned) batteries_.hand_out(turn.out, what.battery, what.rider.subject);
  if (slot.vacant() && !slot.open) {
    close_record(turn, what, {{"outcome", out ? "taken" : "empty"}});
    return true;
  }
  if (slot.battery == what.battery) return false;
  what.battery = slot.battery;
  what.purpose = Purpose::insert;
  what.owned = true;
  record(turn, "swap_case_changed",
         {{"case", what.id}, {"slot", what.slot}, {"battery", what.battery}});
  return false;
}

std::uint64_t Swap::close_record(const Turn& turn, const SwapCase& what, Json outcome) {
  outcome["case"] = what.id;
  outcome["credential"] = what.rider.credential;
  outcome["slot"] = what.slot;
  outcome["battery"] = what.battery;
  return record(turn, "swap_case_closed", std::move(outcome));
}

bool Swap::close_case(Effects& out, const Instant& now, std::uint64_t id, const std::string& who) {
  const auto found = std::ranges::find(cases_, id, &SwapCase::id);
  if (found == cases_.end()) return false;
  close_record({out, now}, *found, {{"outcome", "by_person"}, {"by", printable(who, 64)}});
  cases_.erase(found);
  save(out);
  return true;
}

}  // namespace xiaogate::site
