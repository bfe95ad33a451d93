// What must be so, whatever is lost, doubled or late.

#include <algorithm>

#include "tests/simulation/swap/swap_world.h"

namespace xiaogate::simulation {

int SwapWorld::rider_of(const std::string& name) {
  return name.back() - '0';
}

// Called once a record is committed, before anything that follows from it can happen.
void SwapWorld::check(const Record& record) {
  const Json body = parse_json(record.body).value();
  trace("record " + std::to_string(record.seq) + ": " + record.kind + " " + record.body);
  const auto is = [&](const char* kind) { return record.kind == kind; };
  check_handed(record.kind, body);
  if (is("swap_started")) ++summary_.swaps;
  if (is("swap_battery_refused")) ++summary_.refused;
  if (is("cabinet_locked_out")) {
    ++summary_.alarms;
    locked_out_.insert(body.at("slot").get<int>());
  }
  if (is("cabinet_released")) locked_out_.erase(body.at("slot").get<int>());
  if (is("swap_slot_opened")) check_opening(record.seq, body);
  if (is("swap_case_opened")) {
    ++summary_.cases;
    const int rider = rider_of(body.at("credential").get<std::string>());
    cases_of_[record.seq] = rider;
    const std::string& real = physics_.slots().at(body.at("slot").get<int>()).battery;
    if (!real.empty() && physics_.hands(rider).empty()) physics_.make_due(real, rider);
  }
  if (is("swap_case_closed")) {
    ++summary_.closed;
    cases_of_.erase(body.at("case").get<std::uint64_t>());
    if (body.at("outcome") != "resumed") check_holds_one(body, "a case is closed");
  }
  if (is("swap_done")) {
    ++summary_.done;
    check_holds_one(body, "a swap is done");
    const auto& hands = physics_.hands(rider_of(body.at("credential").get<std::string>()));
    if (hands.size() == 1 && hands[0] != body.at("battery").get<std::string>() &&
        !body.contains("case")) {
      const int rider = rider_of(body.at("credential").get<std::string>());
      const bool in_case =
          std::ranges::any_of(cases_of_, [&](auto& open) { return open.second == rider; });
      if (!in_case) broken("the rider holds " + hands[0]);
    }
  }
  if (is("swap_aborted")) {
    ++summary_.aborted;
    check_holds_one(body, "a swap is aborted");
  }
}

// Nobody swaps what was handed to another, or what is stolen. Whoever got a battery in another way
// than by a swap that was done is no longer held to the one before.
void SwapWorld::check_handed(const std::string& kind, const Json& body) {
  const auto forget = [&](int rider) {
    std::erase_if(handed_, [&](const auto& handed) { return handed.second == rider; });
  };
  if (kind == "swap_case_changed")
    return forget(cases_of_.at(body.at("case").get<std::uint64_t>()));
  const bool got = kind == "swap_done" || kind == "swap_taken" || kind == "swap_case_closed";
  if (!got && kind != "swap_returned") return;
  const auto battery = body.at("battery").get<std::string>();
  const int rider = rider_of(body.at("credential").get<std::string>());
  if (got) {
    forget(rider);
    handed_.erase(battery);
    if (kind == "swap_done") handed_[battery] = rider;
    return;
  }
  if (cabinet_.stolen.contains(battery)) return broken("stolen " + battery + " is taken in");
  const auto found = handed_.find(battery);
  if (found == handed_.end()) return;
  if (found->second != rider) return broken(battery + " of another is taken in");
  handed_.erase(found);
}

void SwapWorld::check_opening(std::uint64_t number, const Json& body) {
  const int slot = body.at("slot").get<int>();
  const int rider = rider_of(body.at("credential").get<std::string>());
  const std::string& real = physics_.slots().at(slot).battery;
  if (locked_out_.contains(slot)) return broken("a slot that is locked out shall open");
  if (body.at("purpose") == "insert" && !real.empty()) return broken("an empty slot is not empty");
  if (body.at("purpose") != "insert" && real.empty()) return broken("nothing is there to take");
  if (body.at("purpose") == "take" && !physics_.is_charged(real, mono_ + Millis(4 * 60'000))) {
    return broken("what shall be taken is not charged");
  }
  if (!real.empty()) {
    const int owner = physics_.batteries().at(real).owner;
    if (owner != rider && owner != kNobody) return broken("what shall be taken is due to another");
    physics_.make_due(real, rider);
  }
  allowed_[number] = {slot, mono_ + site::Swap::kCommandTtl + site::SlotBoard::kLateness};
}

void SwapWorld::check_holds_one(const Json& body, const std::string& what) {
  const int rider = rider_of(body.at("credential").get<std::string>());
  // A case that is open tells the rest; a swap under way will.
  if (std::ranges::any_of(cases_of_, [&](auto& open) { return open.second == rider; })) return;
  if (present_ == rider && swap_->under_way()) return;
  const auto held = physics_.hands(rider).size();
  if (held != 1) {
    broken(what + " and rider " + std::to_string(rider) + " holds " + std::to_string(held) +
           " batteries, without an open case");
  }
}

void SwapWorld::check_case(const site::SwapCase& what) {
  const RealSlot& slot = physics_.slots().at(what.slot);
  const bool readable = slot.battery.empty() || physics_.batteries().at(slot.battery).readable;
  if (slot.battery == what.battery || (!readable && what.battery.empty())) return;
  broken("case " + std::to_string(what.id) + " names battery '" + what.battery + "' in slot " +
         std::to_string(what.slot) + ", which has '" + slot.battery + "'");
}

void SwapWorld::check_end() {
  if (swap_->under_way()) return broken("a swap does not end");
  for (const auto& what : swap_->cases()) check_case(what);
  for (int rider = 0; rider < 6; ++rider) {
    if (physics_.hands(rider).size() == 1) continue;
    const bool named = std::ranges::any_of(swap_->cases(), [&](const site::SwapCase& what) {
      const std::string& battery = physics_.slots().at(what.slot).battery;
      return rider_of(what.rider.subject) == rider && !battery.empty();
    });
    if (!named) broken("rider " + std::to_string(rider) + " has no battery and no open case");
  }
}

}  // namespace xiaogate::simulation
