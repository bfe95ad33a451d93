// What stands behind every simulated gate, whichever relay drives it: the leaf with its contact,
// the people who pass, the exit button.
//
// Orders:
//   door open|close   somebody moves the leaf by hand
//   force             the leaf is forced open: nobody has unlocked it
//   stuck on|off      from now on the leaf does not move
//   exit              somebody inside presses the exit button
//   passers on|off    after each opening somebody goes through (on at first with --passers)
#pragma once

#include "simulator/simulated_device.h"

namespace xiaogate::devices {

class GateDevice : public SimulatedDevice {
 public:
  Doings due(std::string_view timer, WallTime now) final;
  Result<Doings> order(const std::vector<std::string>& words, WallTime now) final;
  void rebooted() final;

  bool door_open() const { return door_open_; }
  void let_pass(bool passers) { passers_ = passers; }

 protected:
  // The relay has closed its contact: for `pulse`, or until it is told otherwise. A pulse that runs
  // is extended. `by` says what asked for it, as members for the log.
  void unlock(std::optional<Millis> pulse, Json by, Doings& out);
  // The relay has opened its contact.
  void lock(Doings& out);
  bool relay_on() const { return relay_on_; }

  // What the product publishes when the leaf has moved, the exit button was pressed, the pulse is
  // over, and what it forgets without power.
  virtual void tell_door(WallTime now, Doings& out) = 0;
  virtual void tell_exit(WallTime now, Doings& out) = 0;
  virtual void pulse_over(WallTime now, Doings& out) = 0;
  virtual void forget() {}

 private:
  void move_door(bool open, WallTime now, Doings& out);

  bool relay_on_ = false;
  bool door_open_ = false;
  bool stuck_ = false;
  bool passers_ = false;
};

}  // namespace xiaogate::devices
