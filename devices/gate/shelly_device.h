// A Shelly Gen2+ relay as a gateway sees it over MQTT: its answers and notifications, without the
// connection and without a clock. The simulator stands on it, and tests talk to it directly.
//
// Source: shelly-api-docs.shelly.cloud/gen2 (General/RPCProtocol, General/CommonErrors,
// General/Notifications, ComponentsAndServices/Switch and /Mqtt).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json.h"
#include "model/time.h"

namespace xiaogate::devices {

struct Publication {
  std::string topic;
  std::string payload;
  bool retain = false;
};

// The relay closed its contact.
struct Pulse {
  std::string rpc_id;             // of the request, as JSON
  std::string source;             // who asked
  std::optional<Millis> ends_in;  // toggle_after; without it the contact stays closed
};

class ShellyDevice {
 public:
  explicit ShellyDevice(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string rpc_topic() const { return prefix_ + "/rpc"; }
  // What its broker says when it vanishes: retained "false".
  Publication last_will() const { return online("false"); }
  // What it says once connected.
  std::vector<Publication> connected() const { return {online("true")}; }

  struct Reaction {
    std::vector<Publication> publications;
    std::optional<Pulse> pulse;
  };
  // A message on rpc_topic(). What is no request frame gets no answer, as on the device.
  Reaction request(std::string_view payload, WallTime now);
  // The pulse's time is over.
  std::vector<Publication> release(WallTime now);

 private:
  Publication online(const char* state) const { return {prefix_ + "/online", state, true}; }
  Publication status(WallTime now, const char* source) const;
  Publication answer(const Json& request, const char* kind, Json content) const;
  Reaction set_switch(const Json& request, WallTime now);

  std::string prefix_;
  bool output_ = false;
};

}  // namespace xiaogate::devices
