#include "tests/simulation/swap/physics.h"

namespace xiaogate::simulation {
namespace {

constexpr Millis kChargingTime{15 * 60'000};

}  // namespace

Physics::Physics(int slots, int riders, Random& random) : hands_(static_cast<std::size_t>(riders)) {
  for (int rider = 0; rider < riders; ++rider) {
    const std::string id = "R" + std::to_string(rider);
    hands_[static_cast<std::size_t>(rider)] = {id};
    batteries_[id] = {.owner = rider, .readable = !random.percent(3)};
  }
  for (int slot = 1; slot <= slots; ++slot) {
    slots_[slot] = {};
    if (slot % 2 == 0) continue;
    const std::string id = "C" + std::to_string(slot);
    batteries_[id] = {};
    slots_[slot].battery = id;
  }
}

bool Physics::unlatch(int slot) {
  RealSlot& what = slots_.at(slot);
  if (what.open || what.locked || what.jammed) return false;
  return what.open = true;
}

void Physics::insert(int rider, int slot) {
  auto& hands = hands_.at(static_cast<std::size_t>(rider));
  slots_.at(slot).battery = hands.back();
  hands.pop_back();
}

Result<void> Physics::take(int rider, int slot) {
  auto& hands = hands_.at(static_cast<std::size_t>(rider));
  const std::string id = std::exchange(slots_.at(slot).battery, "");
  RealBattery& battery = batteries_.at(id);
  const std::string who = "rider " + std::to_string(rider);
  if (!hands.empty()) return failure("swap.two", who + " holds " + hands[0] + " and got " + id);
  if (battery.owner != rider && battery.owner != kNobody) {
    return failure("swap.another",
                   who + " got " + id + " of rider " + std::to_string(battery.owner));
  }
  make_due(id, rider);
  hands.push_back(id);
  return {};
}

void Physics::make_due(const std::string& id, int rider) {
  for (auto& [other, what] : batteries_) {
    if (what.owner == rider) what.owner = kNobody;
  }
  batteries_.at(id).owner = rider;
}

void Physics::exchange(int rider, int other) {
  auto& mine = hands_.at(static_cast<std::size_t>(rider));
  auto& theirs = hands_.at(static_cast<std::size_t>(other));
  std::swap(mine, theirs);
  for (const auto& id : mine) batteries_.at(id).owner = rider;
  for (const auto& id : theirs) batteries_.at(id).owner = other;
}

bool Physics::is_charged(const std::string& battery, MonoTime now) const {
  return now >= batteries_.at(battery).full_at;
}

Json Physics::snapshot(int slot, MonoTime now) const {
  const RealSlot& what = slots_.at(slot);
  Json told{{"slot", slot}, {"door", what.open ? "open" : "closed"}, {"locked", what.locked}};
  if (what.broken) {
    told["state"] = "fault";
    return told;
  }
  if (what.battery.empty()) {
    told["state"] = "empty";
    return told;
  }
  const RealBattery& battery = batteries_.at(what.battery);
  const auto left = std::max<std::int64_t>(0, (battery.full_at - now).count());
  const auto charge = 100 - 85 * left / kChargingTime.count();
  told["state"] = left == 0 ? "full" : "charging";
  told["charge"] = charge;
  told["temperature"] = battery.celsius;
  if (battery.readable) told["battery"] = what.battery;
  return told;
}

}  // namespace xiaogate::simulation
