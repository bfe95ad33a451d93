// MQTT topics of a device: a manifest's patterns filled in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json.h"
#include "model/plugin.h"
#include "model/result.h"

namespace xiaogate {

// The topics of one device, every placeholder replaced.
struct DeviceTopics {
  std::vector<std::string> subscribe;  // filters
  std::vector<std::string> publish;    // topics
};

// Fills in one pattern of a manifest:
//   {device}        the device's id
//   {name}          the text or whole number of that option; the pattern drops out when the device
//                   has no such option. `a/b` reaches into an object: {feedback/topic}
//   {name=value}    nothing, and the pattern drops out unless that option is this very value
// `options` are the device's, completed by the schema's defaults (host/manifest.h).
// nullopt: the pattern drops out. Error "config.invalid": an option's text would change the meaning
// of the topic ('+', '#', NUL, empty) or the pattern has an unclosed brace.
Result<std::optional<std::string>> expand_topic(std::string_view pattern, std::string_view device,
                                                const Json& options);

// All patterns of a manifest for one device.
Result<DeviceTopics> topics_of(const PluginManifest& manifest, std::string_view device,
                               const Json& options);

}  // namespace xiaogate
