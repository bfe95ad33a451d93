#include "kit/effect_rules.h"

#include <algorithm>

#include "model/bytes.h"

namespace xiaogate::kit {
namespace {

// As the site has them (site/site_plugins.cpp).
constexpr std::size_t kMaxStateKey = 128;
constexpr std::size_t kMaxStateValue = std::size_t{64} * 1024;

}  // namespace

std::optional<EffectProblem> EffectRules::problem(const PluginEffect& effect) const {
  if (effect.kind == PluginEffectKind::put) {
    if (effect.name.size() <= kMaxStateKey && effect.data.size() <= kMaxStateValue) return {};
    return EffectProblem{EffectFault::state_too_large,
                         "key '" + printable(effect.name, 40) + "' of " +
                             std::to_string(effect.name.size()) + " octets with a value of " +
                             std::to_string(effect.data.size()) + " octets"};
  }
  const auto device = topics_.find(effect.device);
  if (device == topics_.end()) {
    return EffectProblem{EffectFault::unknown_device, "'" + printable(effect.device, 40) + "'"};
  }
  if (effect.kind == PluginEffectKind::publish) {
    const auto& allowed = device->second.publish;
    if (std::ranges::find(allowed, effect.name) != allowed.end()) return {};
    return EffectProblem{EffectFault::topic_not_allowed,
                         "'" + printable(effect.name, 200) + "' for device " + effect.device};
  }
  return {};
}

void keep(PluginState& state, const PluginEffect& effect) {
  if (effect.kind != PluginEffectKind::put) return;
  if (effect.data.empty()) {
    state.erase(effect.name);
  } else {
    state[effect.name] = effect.data;
  }
}

std::size_t size_of(const PluginState& state) {
  std::size_t size = 0;
  for (const auto& [key, value] : state) size += key.size() + value.size();
  return size;
}

}  // namespace xiaogate::kit
