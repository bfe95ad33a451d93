// A plugin as it is installed, in this process, serving one device.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/interfaces.h"
#include "host/manifest.h"
#include "host/plugin_library.h"
#include "simulator/simulated_device.h"

namespace xiaogate::devices {

class InstalledPlugin {
 public:
  InstalledPlugin(const std::string& device, const Json& options)
      : device_(device), instance_(make(device, options)), interfaces_(bind()) {}

  std::vector<PluginEffect> command(const std::string& action, const Json& input,
                                    std::uint64_t id = 1) {
    return handle({PluginInputKind::command, device_, action, canonical(input)}, id);
  }
  std::vector<PluginEffect> message(const std::string& topic, const std::string& payload) {
    return handle({PluginInputKind::message, device_, topic, payload}, 1);
  }
  // What comes of all that the device publishes, in order.
  std::vector<PluginEffect> hear(const Doings& doings) {
    std::vector<PluginEffect> all;
    for (const auto& one : doings.publications) {
      for (auto& effect : message(one.topic, one.payload)) all.push_back(std::move(effect));
    }
    return all;
  }
  // Lets the two talk until neither has anything to say: `effects` are what the plugin said first.
  // Returns everything but messages and timers.
  std::vector<PluginEffect> converse(SimulatedDevice& device, std::vector<PluginEffect> effects) {
    std::vector<PluginEffect> told;
    for (std::size_t i = 0; i < effects.size(); ++i) {
      const PluginEffect effect = effects[i];
      if (effect.kind != PluginEffectKind::publish) {
        if (effect.kind != PluginEffectKind::timer) told.push_back(effect);
        continue;
      }
      for (auto& more : hear(device.message(effect.name, effect.data, WallTime()))) {
        effects.push_back(std::move(more));
      }
    }
    return told;
  }

 private:
  static host::PluginInstance make(const std::string& device, const Json& options) {
    const auto manifest = host::load_manifest(XIAOGATE_PLUGIN).value();
    const auto completed = host::check_options(manifest, options).value();
    const auto config = canonical({{"devices", {{device, completed}}}});
    return std::move(host::PluginLibrary::open(manifest).value().create(config, {}).value());
  }

  static host::BoundInterfaces bind() {
    const auto manifest = host::load_manifest(XIAOGATE_PLUGIN).value();
    return host::Interfaces::load().value().bind(manifest.interfaces);
  }

  // As the gateway does it: both directions keep to the Thing Models.
  std::vector<PluginEffect> handle(const PluginInput& input, std::uint64_t id) {
    const auto fits = host::check_input(input, interfaces_);
    EXPECT_TRUE(fits.has_value()) << (fits ? "" : fits.error().text);
    auto effects = instance_.handle(input, id, WallTime());
    EXPECT_TRUE(effects.has_value()) << (effects ? "" : effects.error().text);
    if (effects) {
      for (const auto& refused : host::take_refused(*effects, interfaces_)) {
        ADD_FAILURE() << refused.reason;
      }
    }
    return effects.value_or(std::vector<PluginEffect>());
  }

  std::string device_;
  host::PluginInstance instance_;
  host::BoundInterfaces interfaces_;
};

}  // namespace xiaogate::devices
