// Which devices a recording is of: the first line of a recording, or a site's configuration.
//
//   {"devices": {"gate-1": {"topic": "site/gate-1"}}}
//   {"devices": [{"id": "gate-1", "plugin": "acme-gate", "options": {...}}, ...],
//    "device_broker": "mqtt://127.0.0.1:1883", ...}
//
// Of a site's configuration only these members are looked at, and only the plugin's own devices.
// Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/device_topics.h"
#include "model/json.h"
#include "model/plugin.h"
#include "model/result.h"

namespace xiaogate::kit {

struct RecordedDevices {
  std::map<std::string, Json> options;         // as given, for the recording's first line
  std::map<std::string, Json> completed;       // by the schema's defaults, for the plugin
  std::map<std::string, DeviceTopics> topics;  // by the manifest
  std::string broker;                          // empty: not told

  std::string config() const;  // what the plugin's create() is given
};

// Error "config.invalid": every fault, one a line, "<source>: <JSON pointer>: <what>".
Result<RecordedDevices> parse_recorded_devices(std::string_view text, const std::string& source,
                                               const PluginManifest& manifest);

}  // namespace xiaogate::kit
