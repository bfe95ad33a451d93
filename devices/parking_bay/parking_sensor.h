// A LoRaWAN parking sensor as ChirpStack v4 publishes it: Bosch TPS110, MOKO LW009-SM, or any that
// ChirpStack decodes itself.
//
// Orders:
//   occupy, free       a vehicle comes, goes
//   heartbeat          an uplink that says again how it is
//   low-battery        the sensor tells of its battery (lw009: an alert; generic: no uplink)
//   duplicate          the network delivers the last uplink once more
//   out-of-order       the network delivers the next two uplinks in the wrong order
//   silence on|off     no heartbeat comes any more
//
// Source: chirpstack.io/docs, Integrations, Event types; for the codecs see
// plugins/chirpstack_parking.
#pragma once

#include <cstdint>
#include <string>

#include "simulator/simulated_device.h"

namespace xiaogate::devices {

struct ParkingOptions {
  std::string codec = "tps110";  // "tps110", "lw009" or "generic"
  std::string application = "17c82e96-be03-4f38-aef3-f83d48582d97";
  std::string dev_eui = "0101010101010101";
  Millis heartbeat{0};  // between two of them; 0: only when ordered
};

class ParkingSensor : public SimulatedDevice {
 public:
  explicit ParkingSensor(ParkingOptions options) : options_(std::move(options)) {}

  std::vector<std::string> subscriptions() const override { return {}; }
  // A sensor tells of a start-up when its power came back.
  Doings connected(WallTime now) override;
  Doings message(std::string_view, std::string_view, WallTime) override { return {}; }
  Doings due(std::string_view timer, WallTime now) override;
  Result<Doings> order(const std::vector<std::string>& words, WallTime now) override;
  void rebooted() override;

  // The very next uplink, whatever the network does to it.
  Publication uplink(const char* event, WallTime now);

 private:
  void send(const char* event, WallTime now, Doings& out);
  void watch(Doings& out) const;

  ParkingOptions options_;
  bool occupied_ = false;
  bool silent_ = false;
  bool starting_ = true;
  bool swap_ = false;
  std::optional<Publication> last_;
  std::optional<Publication> held_;
  std::uint32_t counter_ = 0;
  std::uint32_t joins_ = 1;
  std::uint64_t uplinks_ = 0;
};

}  // namespace xiaogate::devices
