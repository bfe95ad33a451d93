#include "gate/gate_device.h"

namespace xiaogate::devices {
namespace {

constexpr Millis kUntilSomebodyPushes{300};
constexpr Millis kUntilTheLeafIsBack{1200};

}  // namespace

void GateDevice::unlock(std::optional<Millis> pulse, Json by, Doings& out) {
  relay_on_ = true;
  by["what"] = "relay_on";
  if (pulse) by["for_ms"] = pulse->count();
  out.happened.push_back(std::move(by));
  out.timers.push_back({"pulse", pulse.value_or(Millis(-1))});
  if (passers_) out.timers.push_back({"push", kUntilSomebodyPushes});
}

void GateDevice::lock(Doings& out) {
  if (!relay_on_) return;
  relay_on_ = false;
  out.happened.push_back({{"what", "relay_off"}});
  out.timers.push_back({"pulse", Millis(-1)});
}

Doings GateDevice::due(std::string_view timer, WallTime now) {
  Doings out;
  if (timer == "pulse" && relay_on_) {
    lock(out);
    pulse_over(now, out);
  } else if (timer == "push") {
    move_door(true, now, out);
    out.timers.push_back({"fall", kUntilTheLeafIsBack});
  } else if (timer == "fall") {
    move_door(false, now, out);
  }
  return out;
}

Result<Doings> GateDevice::order(const std::vector<std::string>& words, WallTime now) {
  Doings out;
  const std::string argument = words.size() > 1 ? words[1] : "";
  const bool switches = argument == "on" || argument == "off";
  if (words[0] == "door" && (argument == "open" || argument == "close")) {
    move_door(argument == "open", now, out);
  } else if (words[0] == "force") {
    out.happened.push_back({{"what", "forced"}});
    move_door(true, now, out);
  } else if (words[0] == "stuck" && switches) {
    stuck_ = argument == "on";
  } else if (words[0] == "passers" && switches) {
    passers_ = argument == "on";
  } else if (words[0] == "exit") {
    out.happened.push_back({{"what", "exit_pressed"}});
    tell_exit(now, out);
  } else {
    return failure("order.unknown", "'" + words[0] +
                                        "': a gate knows door open|close, force, stuck on|off, "
                                        "exit, passers on|off");
  }
  return out;
}

void GateDevice::rebooted() {
  relay_on_ = false;
  forget();
}

void GateDevice::move_door(bool open, WallTime now, Doings& out) {
  if (stuck_ || door_open_ == open) return;
  door_open_ = open;
  out.happened.push_back({{"what", open ? "door_open" : "door_closed"}});
  tell_door(now, out);
}

}  // namespace xiaogate::devices
