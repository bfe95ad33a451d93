// Bosch TPS110 parking lot sensor.
//
// Source: the vendor's decoder in TheThingsNetwork/lorawan-devices, vendor/bosch/tpl110-0292.js,
// and its examples in vendor/bosch/tps110-0292-codec.yaml.
#include <array>
#include <stdexcept>

#include "codec.h"

namespace {

constexpr std::size_t kStartUp = 17;

std::string reset_cause(std::uint8_t cause) {
  constexpr std::array kCauses{"unknown", "watchdog", "power on", "system request", "other"};
  return kCauses.at(cause < kCauses.size() ? cause : 0);
}

bool occupied(std::uint8_t octet) {
  return (octet & 1U) != 0;
}

}  // namespace

Told decode_tps110(const Uplink& uplink) {
  const auto& data = uplink.data;
  Told told;
  switch (uplink.port) {
    case 1:  // parking status
    case 2:  // heartbeat
      told.state = state_name(occupied(data.at(0)));
      if (uplink.port == 2 && data.size() >= 2) told.celsius = static_cast<std::int8_t>(data[1]);
      return told;
    case 3:  // start-up
      if (data.size() < kStartUp) throw std::runtime_error("start-up message too short");
      told.state = state_name(occupied(data[16]));
      told.restarted = true;
      told.fault = Fault{"restarted", "firmware " + std::to_string(data[12]) + "." +
                                          std::to_string(data[13]) + "." +
                                          std::to_string(data[14]) + ", " + reset_cause(data[15])};
      return told;
    default:  // device information, usage, debug
      return told;
  }
}
