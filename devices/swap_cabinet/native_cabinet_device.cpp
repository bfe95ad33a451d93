#include "swap_cabinet/native_cabinet_device.h"

#include <algorithm>

namespace xiaogate::devices {
namespace {

constexpr std::size_t kRemembered = 32;
constexpr double kTooHot = 60;

int slot_in(const Json& command) {
  const auto found = command.find("slot");
  return found != command.end() && found->is_number_integer() ? found->get<int>() : 0;
}

}  // namespace

std::optional<Publication> NativeCabinetDevice::last_will() const {
  return Publication{root_ + "/state", canonical({{"online", false}}), true};
}

Doings NativeCabinetDevice::connected(WallTime now) {
  Doings out;
  out.publications.push_back(
      {root_ + "/state", canonical({{"online", true}, {"mains", {{"present", true}}}}), true});
  for (const auto& [number, unused] : slots()) tell_slot(number, now, out);
  return out;
}

void NativeCabinetDevice::tell_slot(int number, WallTime, Doings& out) {
  const Slot& slot = slots().at(number);
  Json told{{"event", "slot"},         {"slot", number},
            {"state", state_of(slot)}, {"door", slot.open ? "open" : "closed"},
            {"locked", slot.locked},   {"temperature", slot.celsius}};
  if (!slot.battery.empty() && !slot.faulty) {
    told["battery"] = slot.battery;
    told["charge"] = slot.charge;
  }
  out.publications.push_back({root_ + "/event", canonical(told)});
  if (slot.celsius < kTooHot) return;
  out.publications.push_back({root_ + "/event", canonical({{"event", "over_temperature"},
                                                           {"slot", number},
                                                           {"active", true},
                                                           {"celsius", slot.celsius}})});
}

void NativeCabinetDevice::tell_smoke(WallTime, Doings& out) {
  out.publications.push_back(
      {root_ + "/event", canonical({{"event", "smoke"}, {"active", smoke()}})});
}

bool NativeCabinetDevice::carry_out(const Json& command, WallTime now, Doings& out) {
  const auto action = command.value("action", "");
  const int slot = slot_in(command);
  if (action == "open_slot") return unlatch(slot, now, out);
  if (action == "lock_slot") return lock(slot, command.value("locked", false), now, out);
  if (action == "set_charge_limit") return limit(slot, command.value("percent", 0));
  if (action != "report") return false;
  for (const auto& [number, unused] : slots()) tell_slot(number, now, out);
  return true;
}

Doings NativeCabinetDevice::message(std::string_view, std::string_view payload, WallTime now) {
  Doings out;
  const auto command = parse_json(payload);
  if (!command || !command->is_object()) return out;
  const auto number = command->find("command");
  if (number == command->end() || !number->is_number_unsigned()) return out;
  const auto id = number->get<std::uint32_t>();
  if (std::ranges::find(done_, id) != done_.end()) return out;
  done_.push_back(id);
  if (done_.size() > kRemembered) done_.pop_front();
  Json result{{"command", id}, {"result", "done"}};
  if (!carry_out(*command, now, out)) {
    result["result"] = "failed";
    result["message"] = "not possible";
  }
  out.publications.push_back({root_ + "/result", canonical(result)});
  return out;
}

}  // namespace xiaogate::devices
