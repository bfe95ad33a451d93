// A Shelly Gen2+ relay as a gateway sees it over MQTT: its answers and notifications. The door's
// contact is on input 0, the exit button on input 1; its relay is switch 0.
//
// Source: shelly-api-docs.shelly.cloud/gen2 (General/RPCProtocol, General/CommonErrors,
// General/Notifications, ComponentsAndServices/Switch, /Input and /Mqtt).
#pragma once

#include <string>

#include "gate/gate_device.h"

namespace xiaogate::devices {

class ShellyDevice : public GateDevice {
 public:
  explicit ShellyDevice(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string rpc_topic() const { return prefix_ + "/rpc"; }

  std::vector<std::string> subscriptions() const override { return {rpc_topic()}; }
  // Retained "false".
  std::optional<Publication> last_will() const override { return online("false"); }
  // Retained "true"; its status it tells only when asked.
  Doings connected(WallTime now) override;
  // What is no request frame gets no answer, as on the device.
  Doings message(std::string_view topic, std::string_view payload, WallTime now) override;

 private:
  void tell_door(WallTime now, Doings& out) override;
  void tell_exit(WallTime now, Doings& out) override;
  void pulse_over(WallTime now, Doings& out) override;

  Publication online(const char* state) const { return {prefix_ + "/online", state, true}; }
  Publication notify(WallTime now, Json params) const;
  Publication answer(const Json& request, const char* kind, Json content) const;
  Json switch_status(const char* source) const;
  void set_switch(const Json& request, WallTime now, Doings& out);

  std::string prefix_;
};

}  // namespace xiaogate::devices
