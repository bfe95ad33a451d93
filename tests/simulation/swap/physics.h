// What is really so at a cabinet, whatever anybody believes: slots, doors, batteries, hands.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/json.h"
#include "model/result.h"
#include "tests/simulation/random.h"

namespace xiaogate::simulation {

constexpr int kNobody = -1;

struct RealBattery {
  int owner = kNobody;  // the rider to whom it belongs or is due; kNobody: the cabinet's
  MonoTime full_at{};
  bool readable = true;
  double celsius = 25;
};

struct RealSlot {
  bool open = false;
  bool locked = false;
  bool jammed = false;  // the door sticks
  bool broken = false;  // its electronics: tells fault
  std::string battery;
};

// Every rider may hold one battery at most, and none that is due to another.
class Physics {
 public:
  Physics(int slots, int riders, Random& random);

  bool unlatch(int slot);  // false: it sticks, is locked or open already
  void close(int slot) { slots_.at(slot).open = false; }
  void insert(int rider, int slot);
  // Everything that hands can reach they take; the error is the invariant that this breaks.
  Result<void> take(int rider, int slot);
  // From now on this one is his, and no other.
  void make_due(const std::string& id, int rider);
  void exchange(int rider, int other);

  Json snapshot(int slot, MonoTime now) const;
  bool is_charged(const std::string& battery, MonoTime now) const;
  const std::vector<std::string>& hands(int rider) const {
    return hands_.at(static_cast<std::size_t>(rider));
  }
  std::map<int, RealSlot>& slots() { return slots_; }
  std::map<std::string, RealBattery>& batteries() { return batteries_; }

 private:
  std::map<int, RealSlot> slots_;
  std::map<std::string, RealBattery> batteries_;
  std::vector<std::vector<std::string>> hands_;
};

}  // namespace xiaogate::simulation
