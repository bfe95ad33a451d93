// What a swap keeps for the next run, and what it tells of itself.

#include "site/swap.h"

namespace xiaogate::site {

Json Swap::state() const {
  Json state = Json::object();
  if (current_) {
    state["swap"] = {{"id", current_->id},
                     {"subject", current_->rider.subject},
                     {"credential", current_->rider.credential},
                     {"looking", current_->looking},
                     {"purpose", to_string(current_->purpose)},
                     {"slot", current_->slot},
                     {"battery", current_->battery},
                     {"reason", current_->reason},
                     {"owned", current_->owned},
                     {"tried", current_->tried},
                     {"openings", current_->openings},
                     {"seen_open", current_->seen_open},
                     {"command", current_->command},
                     {"deposited_slot", current_->deposited.slot},
                     {"deposited", current_->deposited.battery}};
  }
  for (const auto& what : cases_) state["cases"].push_back(to_json(what));
  for (const auto& [slot, safety] : safety_) state["locked_out"].push_back(slot);
  return state;
}

void Swap::save(Effects& out) {
  const Json now = state();
  std::string text = now.empty() ? std::string() : canonical(now);
  if (text == saved_) return;
  saved_ = text;
  out.writes.emplace_back(PutSiteState{key(cabinet_), std::move(text)});
}

void Swap::restore(const Json& state, MonoTime boot) {
  for (const auto& json : state.value("cases", Json::array())) {
    if (auto what = read_swap_case(json)) cases_.push_back(std::move(*what));
  }
  for (const auto& slot : state.value("locked_out", Json::array())) safety_[slot.get<int>()] = {};
  if (safety_.contains(0)) safety_[0].locked = true;
  const auto found = state.find("swap");
  if (found == state.end()) return;
  const Json& swap = *found;
  Current current{.id = swap.value("id", std::uint64_t{0}),
                  .rider = {swap.value("subject", ""), swap.value("credential", "")},
                  .since = boot,
                  .looking = swap.value("looking", true),
                  .purpose = parse_purpose(swap.value("purpose", "")).value_or(Purpose::insert),
                  .slot = swap.value("slot", 0),
                  .battery = swap.value("battery", ""),
                  .reason = swap.value("reason", ""),
                  .owned = swap.value("owned", true),
                  .tried = swap.value("tried", std::set<int>()),
                  .openings = swap.value("openings", 0),
                  .seen_open = swap.value("seen_open", false),
                  .command = swap.value("command", std::uint64_t{0}),
                  .deposited = {swap.value("deposited_slot", 0), swap.value("deposited", "")}};
  current.deadline = boot + (current.looking ? kLookPatience : cabinet_.step);
  current_ = std::move(current);
}

Json Swap::status() const {
  Json slots = Json::array();
  for (const auto& [number, entry] : board_.slots()) {
    const Slot& slot = entry.slot;
    slots.push_back({{"slot", number},
                     {"battery", slot.battery},
                     {"open", slot.open},
                     {"charge", slot.charge ? Json(*slot.charge) : Json()},
                     {"certain", board_.certain(number)}});
  }
  Json told = state();
  told["slots"] = std::move(slots);
  return told;
}

}  // namespace xiaogate::site
