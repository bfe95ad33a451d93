// What passes between the site and a plugin, as values. The C ABI of the same is
// core/sdk/include/xiaogate/plugin.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/time.h"

namespace xiaogate {

// The numbers are those of the C ABI and of the wire to a plugin process.
enum class PluginInputKind : std::uint32_t { message = 1, command = 2, timer = 3, request = 4 };
enum class PluginEffectKind : std::uint32_t {
  publish = 1,
  event = 2,
  timer = 3,
  put = 4,
  reply = 5
};

struct PluginInput {
  PluginInputKind kind = PluginInputKind::message;
  std::string device;  // the device concerned
  std::string name;    // MQTT topic, action name or timer name
  std::string data;    // MQTT payload (any octets), or the action's parameters as a JSON object
};

struct PluginEffect {
  PluginEffectKind kind = PluginEffectKind::event;
  std::string device;
  std::string name;  // MQTT topic, event name, timer name or state key
  std::string data;  // payload, event body (JSON object) or state value
  Millis delay{0};   // timers: from now
  std::uint32_t qos = 0;

  bool operator==(const PluginEffect&) const = default;
};

// An event that does not keep to the Thing Models, and why: "<event>: <JSON pointer>: <what>".
struct RefusedEffect {
  std::string device;
  std::string reason;
};

// One call: an input for one plugin, answered once.
struct PluginCall {
  std::uint64_t id = 0;  // unique within a run of the gateway
  std::string plugin;
  PluginInput input;
};

using PluginState = std::map<std::string, std::string>;

// Thing Models that a plugin's devices implement, each with those of its optional affordances
// (tm:optional) that they offer: {"gate": ["door", "lock_open"]}.
using OfferedInterfaces = std::map<std::string, std::vector<std::string>>;

// What a plugin's process may use.
struct PluginQuotas {
  std::uint32_t memory_mib = 64;  // of memory of its own
};

// What a plugin folder's manifest.json declares, parsed.
struct PluginManifest {
  std::string name;
  std::string version;
  std::string vendor;
  std::uint32_t abi = 0;
  OfferedInterfaces interfaces;
  PluginQuotas quotas;
  // Patterns of the topic filters a device may be heard on and of the topics it may be sent to;
  // model/device_topics.h tells how they are filled in for a device. A message is given to every
  // device that one of its filters matches; a plugin that shares a topic among devices ignores the
  // rest.
  std::vector<std::string> subscribe;
  std::vector<std::string> publish;
  std::string options_schema;  // JSON Schema (draft 7) of a device's options, as JSON text
  std::string library;         // path of the shared library
};

}  // namespace xiaogate
