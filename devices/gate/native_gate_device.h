// A gate controller that speaks the native protocol (docs/native-protocol.md).
#pragma once

#include <string>

#include "gate/gate_device.h"

namespace xiaogate::devices {

class NativeGateDevice : public GateDevice {
 public:
  // `pulse`: how long an opening lasts, as it is set at the device.
  NativeGateDevice(const std::string& device, Millis pulse)
      : root_("xg/dev/1/" + device), pulse_(pulse) {}

  std::string command_topic() const { return root_ + "/command"; }

  std::vector<std::string> subscriptions() const override { return {command_topic()}; }
  std::optional<Publication> last_will() const override;
  Doings connected(WallTime now) override;
  Doings message(std::string_view topic, std::string_view payload, WallTime now) override;

 private:
  void tell_door(WallTime now, Doings& out) override;
  void tell_exit(WallTime now, Doings& out) override;
  void pulse_over(WallTime now, Doings& out) override;
  void forget() override { passing_ = 0; }

  Publication state() const;
  Publication event(Json body) const;

  std::string root_;
  Millis pulse_;
  std::uint32_t passing_ = 0;  // the opening for which nobody has passed yet; 0: none
};

}  // namespace xiaogate::devices
