// A Tasmota device with one relay, a door contact on Switch1 and an exit button on Switch2.
//
// Source: tasmota.github.io/docs (MQTT, Commands: Power, PulseTime, Backlog, Status;
// Buttons-and-Switches: SetOption114).
#pragma once

#include <string>

#include "gate/gate_device.h"

namespace xiaogate::devices {

class TasmotaDevice : public GateDevice {
 public:
  explicit TasmotaDevice(std::string topic) : topic_(std::move(topic)) {}

  std::vector<std::string> subscriptions() const override { return {"cmnd/" + topic_ + "/#"}; }
  // Retained "Offline".
  std::optional<Publication> last_will() const override { return lwt("Offline"); }
  Doings connected(WallTime now) override;
  Doings message(std::string_view topic, std::string_view payload, WallTime now) override;

  int pulse_time() const { return pulse_time_; }

 private:
  void tell_door(WallTime now, Doings& out) override;
  void tell_exit(WallTime now, Doings& out) override;
  void pulse_over(WallTime now, Doings& out) override;

  void command(std::string name, std::string_view parameter, Doings& out);
  void backlog(std::string_view commands, Doings& out);
  void power(std::string_view parameter, Doings& out);
  void set_pulse_time(std::string_view parameter, Doings& out);
  void result(const Json& body, Doings& out) const;
  void tell_power(Doings& out) const;
  Publication lwt(const char* state) const { return {"tele/" + topic_ + "/LWT", state, true}; }

  std::string topic_;
  int pulse_time_ = 0;  // kept in flash
};

}  // namespace xiaogate::devices
