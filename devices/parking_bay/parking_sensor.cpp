#include "parking_bay/parking_sensor.h"

#include <cstdio>
#include <ctime>
#include <string_view>
#include <utility>

namespace xiaogate::devices {
namespace {

using Octets = std::vector<std::uint8_t>;

constexpr std::uint8_t kCelsius = 21;

std::string base64(const Octets& octets) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (at + i < octets.size() ? octets[at + i] : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const bool padding = at + i > octets.size();
      text += padding ? '=' : kDigits[bits >> (18 - 6 * i) & 0x3fU];
    }
  }
  return text;
}

// As ChirpStack writes it: RFC 3339 in UTC.
std::string rfc3339(WallTime now) {
  const auto millis = now.time_since_epoch().count();
  const std::time_t seconds = millis / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%s.%03d+00:00", date, static_cast<int>(millis % 1000));
  return text;
}

struct Payload {
  int port;
  Octets octets;
};

Payload tps110(std::string_view event, bool occupied) {
  const std::uint8_t state = occupied ? 1 : 0;
  if (event == "heartbeat") return {2, {state, kCelsius}};
  if (event != "start") return {1, {state}};
  return {3, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 29, 2, 2, state}};
}

// The vendor's example with this event, state and counter.
Payload lw009(std::string_view event, bool occupied, std::uint32_t counter, WallTime now) {
  const auto seconds = static_cast<std::uint32_t>(now.time_since_epoch().count() / 1000);
  const auto octet = [](std::uint32_t value, unsigned shift) {
    return static_cast<std::uint8_t>(value >> shift & 0xffU);
  };
  const std::uint8_t code = event == "low-battery" ? 0x0e
                            : event != "change"    ? 0x00
                            : occupied             ? 0x0c
                                                   : 0x0b;
  return {1,
          {0x7e,
           0x11,
           octet(seconds, 24),
           octet(seconds, 16),
           octet(seconds, 8),
           octet(seconds, 0),
           octet(counter, 8),
           octet(counter, 0),
           0x00,
           0x1d,
           0x01,
           0x00,
           0x02,
           0x01,
           code,  // event
           0x23,
           0x03,
           0x1c,
           0x00,
           0x3c,  // radar
           0x29,
           0x02,
           0x0d,
           0xe9,  // mV
           0x25,
           0x06,
           0xf0,
           0x1d,
           0xf0,
           0x40,
           0xfd,
           0x6f,  // magnetic field
           0x32,
           0x01,
           static_cast<std::uint8_t>(occupied ? 1 : 0),  // parked
           0x0b,
           0x01,
           kCelsius,
           0x35,
           0x01,
           0x26,
           0x00,
           0x00,
           0x7e}};
}

}  // namespace

Publication ParkingSensor::uplink(const char* event, WallTime now) {
  Json body{{"time", rfc3339(now)},
            {"deviceInfo",
             {{"applicationId", options_.application},
              {"deviceName", "bay"},
              {"devEui", options_.dev_eui}}}};
  char text[64];
  std::snprintf(text, sizeof text, "3ac7e3c4-4401-4b8d-%04x-%012llx", joins_ & 0xffffU,
                static_cast<unsigned long long>(++uplinks_));
  body["deduplicationId"] = text;
  std::snprintf(text, sizeof text, "%08x", 0x00189440U + joins_);
  body["devAddr"] = text;
  Payload payload{1, {static_cast<std::uint8_t>(occupied_ ? 1 : 0)}};
  if (options_.codec == "tps110") payload = tps110(event, occupied_);
  if (options_.codec == "lw009") payload = lw009(event, occupied_, counter_, now);
  if (options_.codec == "generic") body["object"] = {{"parking", {{"occupied", occupied_}}}};
  body["fPort"] = payload.port;
  body["data"] = base64(payload.octets);
  // Protobuf's JSON leaves a zero out.
  if (counter_ != 0) body["fCnt"] = counter_;
  ++counter_;
  return {"application/" + options_.application + "/device/" + options_.dev_eui + "/event/up",
          canonical(body)};
}

void ParkingSensor::send(const char* event, WallTime now, Doings& out) {
  out.happened.push_back(
      {{"what", "uplink"}, {"event", event}, {"occupied", occupied_}, {"counter", counter_}});
  last_ = uplink(event, now);
  if (swap_ && !held_) {
    held_ = last_;
    return;
  }
  out.publications.push_back(*last_);
  if (held_) out.publications.push_back(*held_);
  held_.reset();
  swap_ = false;
}

void ParkingSensor::watch(Doings& out) const {
  if (options_.heartbeat > Millis(0)) {
    out.timers.push_back({"heartbeat", silent_ ? Millis(-1) : options_.heartbeat});
  }
}

Doings ParkingSensor::connected(WallTime now) {
  Doings out;
  if (std::exchange(starting_, false)) send("start", now, out);
  watch(out);
  return out;
}

Doings ParkingSensor::due(std::string_view, WallTime now) {
  Doings out;
  send("heartbeat", now, out);
  watch(out);
  return out;
}

Result<Doings> ParkingSensor::order(const std::vector<std::string>& words, WallTime now) {
  Doings out;
  const std::string& order = words[0];
  const std::string argument = words.size() > 1 ? words[1] : "";
  if (order == "occupy" || order == "free") {
    occupied_ = order == "occupy";
    send("change", now, out);
  } else if (order == "heartbeat") {
    send("heartbeat", now, out);
  } else if (order == "low-battery") {
    if (options_.codec == "lw009") send("low-battery", now, out);
  } else if (order == "duplicate") {
    if (last_) out.publications.push_back(*last_);
  } else if (order == "out-of-order") {
    swap_ = true;
  } else if (order == "silence" && (argument == "on" || argument == "off")) {
    silent_ = argument == "on";
    watch(out);
  } else {
    return failure("order.unknown",
                   "'" + order +
                       "': a parking sensor knows occupy, free, heartbeat, low-battery, duplicate, "
                       "out-of-order, silence on|off");
  }
  return out;
}

// It joins again: another address, and its counter begins anew.
void ParkingSensor::rebooted() {
  counter_ = 0;
  ++joins_;
  starting_ = true;
}

}  // namespace xiaogate::devices
