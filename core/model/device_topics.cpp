#include "model/device_topics.h"

namespace xiaogate {
namespace {

const Json* option_at(const Json& options, std::string_view path) {
  const Json* value = &options;
  while (true) {
    const auto slash = path.find('/');
    if (!value->is_object()) return nullptr;
    const auto found = value->find(std::string(path.substr(0, slash)));
    if (found == value->end()) return nullptr;
    value = &*found;
    if (slash == std::string_view::npos) return value;
    path.remove_prefix(slash + 1);
  }
}

std::optional<std::string> text_of(const Json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  if (value->is_number_integer()) return value->dump();
  return std::nullopt;
}

bool safe_in_topic(std::string_view text) {
  return !text.empty() && text.find_first_of(std::string_view("+#\0", 3)) == std::string_view::npos;
}

}  // namespace

Result<std::optional<std::string>> expand_topic(std::string_view pattern, std::string_view device,
                                                const Json& options) {
  std::string topic;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    topic += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    if (close == std::string_view::npos) {
      return failure("config.invalid", "topic pattern " + printable(pattern) + " lacks a '}'");
    }
    const auto name = pattern.substr(open + 1, close - open - 1);
    pattern.remove_prefix(close + 1);
    if (name == "device") {
      topic += device;
      continue;
    }
    const auto equals = name.find('=');
    const auto value = text_of(option_at(options, name.substr(0, equals)));
    if (!value) return std::nullopt;
    if (equals != std::string_view::npos) {
      if (*value != name.substr(equals + 1)) return std::nullopt;
      continue;
    }
    if (!safe_in_topic(*value)) {
      return failure("config.invalid",
                     "device " + printable(device) + ": option " + printable(name) +
                         " stands in an MQTT topic and must be " +
                         "a text without '+' and '#', not \"" + printable(*value) + "\"");
    }
    topic += *value;
  }
  return topic;
}

Result<DeviceTopics> topics_of(const PluginManifest& manifest, std::string_view device,
                               const Json& options) {
  DeviceTopics topics;
  for (const auto& [patterns, out] : {std::pair{&manifest.subscribe, &topics.subscribe},
                                      std::pair{&manifest.publish, &topics.publish}}) {
    for (const auto& pattern : *patterns) {
      auto topic = expand_topic(pattern, device, options);
      if (!topic) return std::unexpected(topic.error());
      if (*topic) out->push_back(std::move(**topic));
    }
  }
  return topics;
}

}  // namespace xiaogate
