// What the site accepts of what a plugin returns (Thing Models are the host's part); everything
// else it drops and journals. The kit holds a plugin to the same, so that nothing is dropped in the
// field.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/device_topics.h"
#include "model/plugin.h"

namespace xiaogate::kit {

enum class EffectFault : std::uint8_t {
  unknown_device,     // an effect for a device that is not the plugin's
  topic_not_allowed,  // a topic that the manifest does not allow for that device
  state_too_large     // a key, a value or the whole beyond its bound
};

struct EffectProblem {
  EffectFault fault;
  std::string what;  // the device, topic or key
};

// Any thread; immutable.
class EffectRules {
 public:
  explicit EffectRules(std::map<std::string, DeviceTopics> topics) : topics_(std::move(topics)) {}

  std::optional<EffectProblem> problem(const PluginEffect& effect) const;

 private:
  std::map<std::string, DeviceTopics> topics_;
};

// The state after an effect, as the gateway keeps it.
void keep(PluginState& state, const PluginEffect& effect);
// Octets of keys and values together; 1 MiB is the most.
std::size_t size_of(const PluginState& state);
inline constexpr std::size_t kMaxState = std::size_t{1} << 20U;

}  // namespace xiaogate::kit
