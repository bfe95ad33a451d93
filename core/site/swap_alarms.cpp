// Smoke, heat and other conditions of a cabinet: recorded at once, and the slot taken out of use.

#include "site/swap.h"

namespace xiaogate::site {
namespace {

// How long a command that makes a slot safe waits to be confirmed before it is sent again; it may
// be repeated, for it moves nothing.
constexpr Millis kSafetyAgain{5000};

// 0: the cabinet as a whole.
int slot_in(const Json& body) {
  const auto found = body.find("slot");
  return found != body.end() && found->is_number_integer() ? found->get<int>() : 0;
}

bool is_active(const Json& body) {
  const auto found = body.find("active");
  return found != body.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace

// Told on change only. False: no condition that a cabinet has.
bool Swap::condition(const Turn& turn, const std::string& name, const Json& body) {
  if (name == "online") {
    ask_now_ = true;
    return true;
  }
  const bool alarm = name == "smoke" || name == "over_temperature";
  if (!alarm && name != "mains" && name != "fault") return false;
  const int slot = slot_in(body);
  // The temperature of an alarm changes all the time; that there is one does not.
  const std::string what =
      alarm ? (is_active(body) ? "active" : "over") : printable(canonical(body), 200);
  std::string& known = conditions_[name + "/" + std::to_string(slot)];
  if (known == what || (known.empty() && what == "over")) return true;
  known = what;
  record(turn, "cabinet_" + name, body);
  if (what == "active") lock_out(turn, slot, name);
  return true;
}

void Swap::too_hot(const Turn& turn, const Slot& slot) {
  if (slot.temperature.value_or(0) < kTooHot || locked_out(slot.number)) return;
  condition(turn, "over_temperature",
            {{"slot", slot.number}, {"active", true}, {"celsius", *slot.temperature}});
  lock_out(turn, slot.number, "over_temperature");
}

// Until a person releases it.
void Swap::lock_out(const Turn& turn, int slot, const std::string& reason) {
  if (safety_.contains(slot)) return;
  safety_[slot] = {.locked = slot == 0};  // no door of a cabinet on fire is known to be the one
  Json body{{"reason", reason}};
  if (slot != 0) body["slot"] = slot;
  record(turn, "cabinet_locked_out", body);
  if (slot == 0) show(turn, "alarm");
}

void Swap::make_safe(const Turn& turn) {
  for (auto& [slot, safety] : safety_) {
    const auto* entry = board_.find(slot);
    if (entry != nullptr && entry->slot.locked) safety.locked = true;
    if ((safety.locked && safety.limited) || turn.now.mono < safety.again) continue;
    safety.again = turn.now.mono + kSafetyAgain;
    Json stop{{"percent", 0}};
    if (slot != 0) stop["slot"] = slot;
    if (!safety.limited) {
      safety.limit = port_.command(turn.out, "set_charge_limit", stop, safety.again, {});
    }
    if (!safety.locked) {
      safety.lock = port_.command(turn.out, "lock_slot", {{"slot", slot}, {"locked", true}},
                                  safety.again, {});
    }
  }
}

void Swap::confirm_safety(std::uint64_t number) {
  for (auto& [slot, safety] : safety_) {
    if (number != 0 && number == safety.lock) safety.locked = true;
    if (number != 0 && number == safety.limit) safety.limited = true;
  }
}

bool Swap::release_slot(Effects& out, const Instant& now, int slot, const std::string& who) {
  if (safety_.erase(slot) == 0) return false;
  const Turn turn{out, now};
  Json body{{"by", printable(who, 64)}};
  Json charge{{"percent", 100}};
  const MonoTime expires = now.mono + kSafetyAgain;
  if (slot != 0) {
    body["slot"] = slot;
    charge["slot"] = slot;
    port_.command(out, "lock_slot", {{"slot", slot}, {"locked", false}}, expires, {});
  }
  port_.command(out, "set_charge_limit", charge, expires, {});
  record(turn, "cabinet_released", body);
  conditions_.clear();
  save(out);
  return true;
}

}  // namespace xiaogate::site
