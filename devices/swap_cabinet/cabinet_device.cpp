#include "swap_cabinet/cabinet_device.h"

#include <charconv>
#include <utility>

namespace xiaogate::devices {
namespace {

// How long somebody takes to act at a door, and to close it.
constexpr Millis kHands{300};

std::optional<int> number_in(const std::string& word) {
  int value = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (fault != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::unexpected<Error> impossible(const std::string& why) {
  return failure("order.impossible", why);
}

}  // namespace

CabinetDevice::CabinetDevice(int slots) {
  for (int i = 1; i <= slots; ++i) {
    slots_[i] = {};
    if (i % 2 == 0) continue;
    slots_[i].battery = "FULL-" + std::to_string(i);
    slots_[i].charge = 100;
  }
}

std::string CabinetDevice::state_of(const Slot& slot) {
  if (slot.faulty) return "fault";
  if (slot.battery.empty()) return "empty";
  return slot.charge >= 100 ? "full" : "charging";
}

void CabinetDevice::changed(int slot, const char* what, WallTime now, Doings& out) {
  out.happened.push_back({{"what", what}, {"slot", slot}, {"battery", slots_.at(slot).battery}});
  tell_slot(slot, now, out);
}

bool CabinetDevice::unlatch(int slot, WallTime now, Doings& out) {
  const auto found = slots_.find(slot);
  if (found == slots_.end()) return false;
  Slot& what = found->second;
  if (what.open || what.jammed || what.locked) return false;
  what.open = true;
  changed(slot, "slot_opened", now, out);
  if (rider_acts_) out.timers.push_back({"act " + std::to_string(slot), kHands});
  return true;
}

bool CabinetDevice::lock(int slot, bool locked, WallTime now, Doings& out) {
  const auto found = slots_.find(slot);
  if (found == slots_.end()) return false;
  found->second.locked = locked;
  changed(slot, locked ? "slot_locked" : "slot_unlocked", now, out);
  return true;
}

bool CabinetDevice::limit(int slot, int percent) {
  if (slot != 0 && !slots_.contains(slot)) return false;
  for (auto& [number, what] : slots_) {
    if (slot == 0 || number == slot) what.limit = percent;
  }
  return true;
}

// "act <slot>" or "close <slot>".
Doings CabinetDevice::due(std::string_view timer, WallTime now) {
  Doings out;
  const auto blank = timer.find(' ');
  if (blank == std::string_view::npos) return out;
  const int slot = number_in(std::string(timer.substr(blank + 1))).value_or(0);
  if (!slots_.contains(slot) || !slots_.at(slot).open) return out;
  if (timer.starts_with("act")) {
    hands(slot, now, out);
    out.timers.push_back({"close " + std::to_string(slot), kHands});
  } else {
    slots_.at(slot).open = false;
    changed(slot, "slot_closed", now, out);
  }
  return out;
}

void CabinetDevice::hands(int slot, WallTime now, Doings& out) {
  Slot& what = slots_.at(slot);
  if (what.battery.empty() == rider_.empty()) return;
  const bool inserts = what.battery.empty();
  std::swap(what.battery, rider_);
  what.charge = inserts ? 20 : 0;
  changed(slot, inserts ? "battery_inserted" : "battery_taken", now, out);
}

CabinetDevice::Slot* CabinetDevice::find(const std::string& word) {
  const auto found = slots_.find(number_in(word).value_or(0));
  return found == slots_.end() ? nullptr : &found->second;
}

Result<Doings> CabinetDevice::order(const std::vector<std::string>& words, WallTime now) {
  Doings out;
  const auto is = [&](const char* name, std::size_t least, std::size_t most) {
    return words[0] == name && words.size() > least && words.size() <= most + 1;
  };
  if (is("rider", 1, 1)) {
    rider_ = words[1];
    rider_acts_ = true;
    return out;
  }
  if (is("smoke", 1, 1)) {
    smoke_ = words[1] == "on";
    tell_smoke(now, out);
    return out;
  }
  const bool insert = is("insert", 2, 3);
  const bool switches = is("jam", 2, 2) || is("fault", 2, 2);
  if (!insert && !switches && !is("take", 1, 1) && !is("close", 1, 1) && !is("heat", 2, 2)) {
    return failure(
        "order.unknown",
        "no order '" + printable(words[0], 40) +
            "' of this shape; a cabinet has insert BATTERY SLOT [PERCENT], take SLOT, "
            "close SLOT, rider BATTERY, smoke on|off, heat SLOT CELSIUS, jam SLOT on|off, "
            "fault SLOT on|off");
  }
  const std::string& word = words[insert ? 2 : 1];
  Slot* slot = find(word);
  if (slot == nullptr) return impossible("there is no slot " + printable(word, 40));
  const int number = *number_in(word);
  if (words[0] == "jam") {
    slot->jammed = words[2] == "on";
    return out;
  }
  if (words[0] == "fault") {
    slot->faulty = words[2] == "on";
  } else if (words[0] == "heat") {
    slot->celsius = number_in(words[2]).value_or(0);
  } else if (!slot->open) {
    return impossible("the door of slot " + word + " is closed");
  } else if (insert) {
    if (!slot->battery.empty()) return impossible("there is a battery in slot " + word);
    slot->battery = words[1];
    slot->charge = words.size() == 4 ? number_in(words[3]).value_or(20) : 20;
  } else if (words[0] == "take") {
    if (slot->battery.empty()) return impossible("there is no battery in slot " + word);
    slot->battery.clear();
  } else {
    slot->open = false;
  }
  changed(number, words[0].c_str(), now, out);
  return out;
}

}  // namespace xiaogate::devices
