// From one step of a swap to the next, each on what is certain.

#include <algorithm>
#include <utility>

#include "site/swap.h"

namespace xiaogate::site {
namespace {

// Slots that are tried for one purpose before the swap ends.
constexpr std::size_t kMostSlots = 3;
constexpr int kMostOpeningsToTake = 2;
constexpr int kMostOpeningsToGiveBack = 3;

double charge_of(const Slot& slot) {
  return slot.charge.value_or(slot.state == SlotState::full ? 100 : 0);
}

}  // namespace

bool Swap::locked_out(int slot) const {
  return safety_.contains(0) || safety_.contains(slot);
}

bool Swap::usable(const SlotBoard::Entry& entry) const {
  const Slot& slot = entry.slot;
  return board_.certain(slot.number) && entry.heard >= current_->since && !slot.open &&
         !slot.locked && !locked_out(slot.number) && !current_->tried.contains(slot.number) &&
         std::ranges::find(cases_, slot.number, &SwapCase::slot) == cases_.end();
}

std::optional<int> Swap::empty_slot() const {
  for (const auto& [number, entry] : board_.slots()) {
    if (usable(entry) && entry.slot.vacant()) return number;
  }
  return std::nullopt;
}

std::optional<int> Swap::full_slot() const {
  const Slot* best = nullptr;
  for (const auto& [number, entry] : board_.slots()) {
    const Slot& slot = entry.slot;
    if (!usable(entry) || slot.battery.empty() || slot.state == SlotState::fault) continue;
    if (charge_of(slot) < cabinet_.min_charge) continue;
    if (slot.health.value_or(100) < cabinet_.min_health) continue;
    if (slot.temperature.value_or(0) > cabinet_.max_temperature) continue;
    if (slot.number == current_->deposited.slot || cabinet_.stolen.contains(slot.battery)) continue;
    if (batteries_.holder(slot.battery)) continue;
    if (best == nullptr || charge_of(slot) > charge_of(*best)) best = &slot;
  }
  return best == nullptr ? std::nullopt : std::optional(best->number);
}

void Swap::look(const Turn& turn) {
  if (locked_out(0)) return abort(turn, "alarm");
  if (const SwapCase* from = case_of(current_->rider.subject)) {
    if (board_.certain(from->slot)) resume(turn, *from);
    return;
  }
  const auto empty = empty_slot();
  const auto full = full_slot();
  if (empty && full) return open(turn, Purpose::insert, *empty, "");
  const bool all_known =
      !board_.slots().empty() && std::ranges::all_of(board_.slots(), [&](auto& known) {
        return board_.certain(known.first) && known.second.heard >= current_->since;
      });
  if (all_known) abort(turn, empty ? "no_full_battery" : "no_empty_slot");
}

// The rider comes back to what his last swap left in a slot: this one takes over from there.
void Swap::resume(const Turn& turn, SwapCase what) {
  const Slot slot = board_.find(what.slot)->slot;
  const bool reachable = slot.occupied() && !slot.open && !slot.locked && !locked_out(slot.number);
  if (!reachable) return abort(turn, "case_opened");
  close_record(turn, what, {{"outcome", "resumed"}, {"swap", current_->id}});
  std::erase_if(cases_, [&](const SwapCase& other) { return other.id == what.id; });
  current_->looking = false;
  current_->deposited = std::move(what.deposited);
  current_->slot = what.slot;
  current_->purpose = what.purpose;
  switch (what.purpose) {
    case Purpose::insert:
      return judge_inserted(turn, slot);
    case Purpose::take:
      return open(turn, Purpose::take, what.slot, what.battery);
    case Purpose::give_back:
      return give_back(turn, what.slot, what.battery, what.reason, what.owned);
  }
}

void Swap::judge(const Turn& turn) {
  const auto* entry = board_.find(current_->slot);
  if (entry == nullptr || !board_.certain(current_->slot)) return;
  const Slot slot = entry->slot;
  if (slot.open) {
    if (turn.now.mono >= current_->deadline) judge_open(turn, slot);
  } else if (current_->purpose == Purpose::insert) {
    judge_inserted(turn, slot);
  } else {
    judge_taken(turn, slot);
  }
}

void Swap::judge_inserted(const Turn& turn, const Slot& slot) {
  if (slot.occupied()) {
    const std::string reason = refusal(slot.battery);
    if (reason.empty()) return accept(turn, slot);
    Json body = about(*current_);
    body["reason"] = reason;
    body["battery"] = slot.battery;
    record(turn, "swap_battery_refused", body);
    return give_back(turn, slot.number, slot.battery, reason, false);
  }
  if (!slot.vacant()) return end_in_case(turn, slot.battery, "slot_fault");
  const auto other = empty_slot();
  if (!current_->seen_open && other && current_->tried.size() < kMostSlots) {
    return open(turn, Purpose::insert, *other, "");
  }
  abort(turn, current_->seen_open ? "nothing_inserted" : "slot_did_not_open");
}

std::string Swap::refusal(const std::string& battery) const {
  if (battery.empty()) return "battery_unreadable";
  if (cabinet_.stolen.contains(battery)) return "battery_stolen";
  if (batteries_.holder(battery).value_or(current_->rider.subject) != current_->rider.subject) {
    return "battery_of_another";
  }
  return {};
}

void Swap::accept(const Turn& turn, const Slot& slot) {
  Json body = about(*current_);
  body["battery"] = slot.battery;
  const auto expected = batteries_.held_by(current_->rider.subject);
  if (expected && *expected != slot.battery) body["expected"] = *expected;
  record(turn, "swap_returned", body);
  batteries_.take_in(turn.out, slot.battery);
  current_->deposited = {slot.number, slot.battery};
  current_->tried.clear();
  hand_out(turn);  // never false: the slot has just been judged
}

// Null when the rider's own battery is not surely where he put it: when he comes back for what he
// is owed it may have been charged and handed out since.
const Slot* Swap::own_battery() const {
  const auto* entry = board_.find(current_->deposited.slot);
  const bool there = entry != nullptr && board_.certain(entry->slot.number) && !entry->slot.open &&
                     entry->slot.battery == current_->deposited.battery;
  const bool free = there && !batteries_.holder(entry->slot.battery) &&
                    std::ranges::find(cases_, entry->slot.number, &SwapCase::slot) == cases_.end();
  return free ? &entry->slot : nullptr;
}

// False: there is none, and the rider's own cannot be given back.
bool Swap::hand_out(const Turn& turn) {
  const auto full = current_->tried.size() < kMostSlots ? full_slot() : std::nullopt;
  if (full) {
    open(turn, Purpose::take, *full, board_.find(*full)->slot.battery);
    return true;
  }
  const Slot* own = own_battery();
  if (own == nullptr) return false;
  current_->deposited = {};
  give_back(turn, own->number, own->battery,
            current_->tried.empty() ? "no_full_battery" : "slot_did_not_open", true);
  return true;
}

void Swap::give_back(const Turn& turn, int slot, const std::string& battery,
                     const std::string& reason, bool owned) {
  current_->reason = reason;
  current_->owned = owned;
  if (!locked_out(slot)) return open(turn, Purpose::give_back, slot, battery);
  current_->purpose = Purpose::give_back;
  current_->slot = slot;
  current_->battery = battery;
  end_in_case(turn, battery, reason);
}

void Swap::open(const Turn& turn, Purpose purpose, int slot, const std::string& battery) {
  if (current_->purpose != purpose || current_->slot != slot) current_->openings = 0;
  current_->looking = false;
  current_->purpose = purpose;
  current_->slot = slot;
  current_->battery = battery;
  current_->tried.insert(slot);
  ++current_->openings;
  current_->seen_open = false;
  current_->deadline = turn.now.mono + cabinet_.step;
  Json body = about(*current_);
  if (!battery.empty()) body["battery"] = battery;
  const MonoTime expires = turn.now.mono + kCommandTtl;
  current_->command = record(turn, "swap_slot_opened", body);
  board_.commanded(slot, expires + SlotBoard::kLateness);
  port_.command(turn.out, "open_slot", {{"slot", slot}}, expires, current_->command);
  show(turn, std::string(to_string(purpose)), slot);
}

void Swap::judge_taken(const Turn& turn, const Slot& slot) {
  const bool another =
      !slot.battery.empty() && !current_->battery.empty() && slot.battery != current_->battery;
  if (slot.vacant() || another) {
    if (another) open_case(turn, slot.battery, "unexpected_battery");
    return taken(turn);
  }
  if (slot.occupied() && open_again(turn)) return;
  end_in_case(turn, current_->battery,
              !slot.occupied()                     ? "slot_fault"
              : current_->purpose == Purpose::take ? "not_taken"
                                                   : current_->reason);
}

// The battery is still in and the door closed: the rider gets another chance, at this slot or at
// another. False: he had enough of them.
bool Swap::open_again(const Turn& turn) {
  const auto* entry = board_.find(current_->slot);
  const bool may_open = !locked_out(current_->slot) && !entry->slot.locked;
  const bool take = current_->purpose == Purpose::take;
  const bool elsewhere = take && (!current_->seen_open || !may_open);
  if (elsewhere && hand_out(turn)) return true;
  const int most = take ? kMostOpeningsToTake : kMostOpeningsToGiveBack;
  if (!may_open || current_->openings >= most) return false;
  open(turn, current_->purpose, current_->slot, current_->battery);
  return true;
}

// The step's time is over and the door is open still.
void Swap::judge_open(const Turn& turn, const Slot& slot) {
  if (current_->purpose == Purpose::insert)
    return end_in_case(turn, slot.battery, "slot_left_open");
  if (!slot.vacant()) return end_in_case(turn, current_->battery, "slot_left_open");
  open_case(turn, "", "slot_left_open");
  taken(turn);
}

}  // namespace xiaogate::site
