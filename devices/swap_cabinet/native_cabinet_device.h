// A battery-swap cabinet that speaks the native protocol (docs/native-protocol.md).
#pragma once

#include <deque>
#include <string>

#include "swap_cabinet/cabinet_device.h"

namespace xiaogate::devices {

class NativeCabinetDevice : public CabinetDevice {
 public:
  NativeCabinetDevice(const std::string& device, int slots)
      : CabinetDevice(slots), root_("xg/dev/1/" + device) {}

  std::vector<std::string> subscriptions() const override { return {root_ + "/command"}; }
  std::optional<Publication> last_will() const override;
  Doings connected(WallTime now) override;
  Doings message(std::string_view topic, std::string_view payload, WallTime now) override;

 private:
  void tell_slot(int slot, WallTime now, Doings& out) override;
  void tell_smoke(WallTime now, Doings& out) override;
  void forget() override { done_.clear(); }
  bool carry_out(const Json& command, WallTime now, Doings& out);

  std::string root_;
  std::deque<std::uint32_t> done_;  // commands that it has carried out
};

}  // namespace xiaogate::devices
