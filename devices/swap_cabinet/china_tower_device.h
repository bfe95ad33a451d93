// A battery-swap cabinet of the China Tower JSON dialect, second numbering (Traccar,
// StbProtocolDecoder: 110, 310, 410; and 210 query, 500 control), on the topics of
// plugins/china_tower.
#pragma once

#include <string>

#include "swap_cabinet/cabinet_device.h"

namespace xiaogate::devices {

class ChinaTowerDevice : public CabinetDevice {
 public:
  ChinaTowerDevice(std::string id, int slots)
      : CabinetDevice(slots), id_(std::move(id)), root_("china_tower/" + id_) {}

  std::vector<std::string> subscriptions() const override { return {root_ + "/down"}; }
  std::optional<Publication> last_will() const override;
  Doings connected(WallTime now) override;
  Doings message(std::string_view topic, std::string_view payload, WallTime now) override;

 private:
  void tell_slot(int slot, WallTime now, Doings& out) override;
  void tell_smoke(WallTime now, Doings& out) override;
  void send(Json message, Doings& out) const;
  Json attributes(int slot) const;
  void snapshot(WallTime now, Doings& out);
  bool control(const Json& parameter, WallTime now, Doings& out);
  // Each message has a number of its own, by its clock.
  std::string transaction(WallTime now);

  std::string id_;
  std::string root_;
  std::int64_t last_ = 0;
};

}  // namespace xiaogate::devices
