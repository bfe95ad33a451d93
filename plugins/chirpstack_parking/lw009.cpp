// MOKO LW009-SM parking sensor.
//
// Source: the vendor's public decoder (LW009-SM, fPort 1): big-endian
// 7E | version | time 4 | frame 2 | length 2 | instruction | encryption | tag, length, value ...
// 7E.
#include <stdexcept>

#include "codec.h"

namespace {

constexpr std::uint8_t kMark = 0x7e;
constexpr std::size_t kHead = 12;
constexpr std::size_t kEncryption = 11;

enum Tag : std::uint8_t {
  kEvent = 0x02,
  kCelsius = 0x0b,
  kBatteryPercent = 0x24,
  kBatteryMillivolt = 0x29,
  kParked = 0x32
};

// What tag 02 says.
std::optional<Fault> fault_of(std::uint32_t event) {
  switch (event) {
    case 0x0d:
      return Fault{"interference", "strong magnetic interference"};
    case 0x0e:
      return Fault{"battery_low", "low battery"};
    case 0x10:
      return Fault{"sensor", "magnetic sensor failed"};
    case 0x11:
      return Fault{"sensor", "temperature and humidity sensor failed"};
    case 0x12:
      return Fault{"sensor", "radar sensor failed"};
    default:
      return std::nullopt;
  }
}

std::uint32_t number(const std::uint8_t* octets, std::size_t size) {
  if (size > 4) throw std::runtime_error("number too long");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | octets[i];
  return value;
}

void read(std::uint8_t tag, const std::uint8_t* value, std::size_t size, Told& told) {
  switch (tag) {
    case kEvent: {
      const auto event = number(value, size);
      told.fault = fault_of(event);
      // Tag 32 says it too, and is not in every message.
      if (!told.state && (event == 0x0b || event == 0x0c)) told.state = state_name(event == 0x0c);
      return;
    }
    case kParked:
      told.state = state_name(number(value, size) == 1);
      return;
    case kBatteryPercent:
      told.battery["percent"] = number(value, size);
      return;
    case kBatteryMillivolt:
      told.battery["millivolt"] = number(value, size);
      return;
    case kCelsius:
      // The decoder reads it without a sign; a bay in frost has one.
      told.celsius = static_cast<std::int8_t>(number(value, size));
      return;
    default:
      return;
  }
}

}  // namespace

Told decode_lw009(const Uplink& uplink) {
  if (uplink.port != 1) return {};
  const auto& data = uplink.data;
  if (data.size() <= kHead || data.front() != kMark || data.back() != kMark) {
    throw std::runtime_error("no LW009 message");
  }
  if (data[kEncryption] != 0) throw std::runtime_error("encrypted");
  const std::size_t end = kHead + number(&data[8], 2);
  if (end >= data.size()) throw std::runtime_error("shorter than it says");
  Told told;
  for (std::size_t at = kHead; at < end;) {
    if (end - at < 2 || end - at - 2 < data[at + 1]) throw std::runtime_error("value cut off");
    read(data[at], data.data() + at + 2, data[at + 1], told);
    at += 2U + data[at + 1];
  }
  return told;
}
