#include "gate/native_gate_device.h"

namespace xiaogate::devices {

Publication NativeGateDevice::state() const {
  return {root_ + "/state", canonical({{"online", true}, {"door", {{"open", door_open()}}}}), true};
}

Publication NativeGateDevice::event(Json body) const {
  return {root_ + "/event", canonical(body)};
}

std::optional<Publication> NativeGateDevice::last_will() const {
  return Publication{root_ + "/state", canonical({{"online", false}}), true};
}

Doings NativeGateDevice::connected(WallTime) {
  return {.publications = {state()}, .timers = {}, .happened = {}};
}

Doings NativeGateDevice::message(std::string_view topic, std::string_view payload, WallTime) {
  Doings out;
  const auto command = parse_json(payload);
  if (topic != command_topic() || !command || !command->is_object()) return out;
  if (!command->contains("command") || !(*command)["command"].is_number_unsigned()) return out;
  const auto number = (*command)["command"].get<std::uint32_t>();
  const auto action = command->value("action", "");
  Json result{{"command", number}, {"result", "done"}};
  if (action == "open" || action == "lock_open") {
    const bool pulse = action == "open";
    passing_ = number;
    unlock(pulse ? std::optional(pulse_) : std::nullopt, {{"command", number}}, out);
  } else if (action == "lock_open_release") {
    passing_ = 0;
    lock(out);
  } else {
    result = {{"command", number}, {"result", "failed"}, {"message", "no such action"}};
  }
  out.publications.push_back({root_ + "/result", canonical(result)});
  return out;
}

void NativeGateDevice::tell_door(WallTime, Doings& out) {
  if (door_open() && relay_on() && passing_ != 0) {
    out.publications.push_back(event({{"event", "passed"}, {"command", passing_}}));
    passing_ = 0;
  }
  out.publications.push_back(event({{"event", "door"}, {"open", door_open()}}));
  out.publications.push_back(state());
}

void NativeGateDevice::tell_exit(WallTime, Doings& out) {
  out.publications.push_back(event({{"event", "exit_requested"}}));
}

void NativeGateDevice::pulse_over(WallTime, Doings& out) {
  if (passing_ == 0) return;
  out.publications.push_back(event({{"event", "not_passed"}, {"command", passing_}}));
  passing_ = 0;
}

}  // namespace xiaogate::devices
