// What stands behind every simulated battery-swap cabinet, whichever protocol it speaks: slots with
// doors that spring open, batteries, and the hands of people.
//
// Orders:
//   insert BATTERY SLOT [PERCENT]   somebody puts a battery in (20 %); its door must be open
//   take SLOT                       somebody takes it out
//   close SLOT                      somebody closes the door
//   rider BATTERY                   from now on somebody with this battery does all that by
//   himself:
//                                   into a slot that opens empty, out of one that opens with
//                                   another
//   smoke on|off                    in the cabinet
//   heat SLOT CELSIUS
//   jam SLOT on|off                 the door sticks
//   fault SLOT on|off               its electronics tell a fault
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator/simulated_device.h"

namespace xiaogate::devices {

class CabinetDevice : public SimulatedDevice {
 public:
  // Every other slot, from the first, has a charged battery FULL-<slot>.
  explicit CabinetDevice(int slots);

  Doings due(std::string_view timer, WallTime now) final;
  Result<Doings> order(const std::vector<std::string>& words, WallTime now) final;
  void rebooted() final { forget(); }

  struct Slot {
    bool open = false;
    bool locked = false;
    bool jammed = false;
    bool faulty = false;
    std::string battery;
    double charge = 0;
    double celsius = 25;
    int limit = 100;  // %
  };
  const std::map<int, Slot>& slots() const { return slots_; }

 protected:
  // Commands. False: the door did not open; or there is no such slot.
  bool unlatch(int slot, WallTime now, Doings& out);
  bool lock(int slot, bool locked, WallTime now, Doings& out);
  bool limit(int slot, int percent);  // slot 0: all
  bool smoke() const { return smoke_; }
  // "empty", "charging", "full" or "fault".
  static std::string state_of(const Slot& slot);

  // What the product publishes when a slot has changed, and at smoke.
  virtual void tell_slot(int slot, WallTime now, Doings& out) = 0;
  virtual void tell_smoke(WallTime now, Doings& out) = 0;
  virtual void forget() {}

 private:
  Slot* find(const std::string& word);
  void changed(int slot, const char* what, WallTime now, Doings& out);
  void hands(int slot, WallTime now, Doings& out);

  std::map<int, Slot> slots_;
  bool smoke_ = false;
  std::string rider_;  // the battery in the hands of who acts by himself
  bool rider_acts_ = false;
};

}  // namespace xiaogate::devices
