// A plugin's shared library in this process, and instances of the plugin made from it. The plugin
// process is built on it, and tests and the simulation call plugins through it directly.
//
// A plugin library runs with this process's rights and can crash it: the gateway itself only uses
// plugin_host.h.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/plugin.h"
#include "model/result.h"
#include "model/time.h"
#include "xiaogate/plugin.h"

namespace xiaogate::host {

// What one call may return. An effect beyond that is refused through the sink's return value; the
// call goes on.
inline constexpr std::size_t kMaxEffects = 64;
inline constexpr std::size_t kMaxEffectBytes = 96 * 1024;   // device, name and data of one effect
inline constexpr std::size_t kMaxResultBytes = 256 * 1024;  // the same of all effects of a call

// One instance, serving all devices of its plugin. Calls come from one thread at a time. Keeps its
// library loaded. Movable.
class PluginInstance {
 public:
  // The effects, in the order in which the plugin gave them. Error "plugin.not_understood": the
  // plugin made nothing of this input. `call` is the number the plugin sees, `now` its only clock.
  Result<std::vector<PluginEffect>> handle(const PluginInput& input, std::uint64_t call,
                                           WallTime now);

 private:
  friend class PluginLibrary;
  using Self = std::unique_ptr<void, void (*)(void*)>;

  PluginInstance(std::shared_ptr<void> library, const xg_plugin* plugin, Self self)
      : library_(std::move(library)), plugin_(plugin), self_(std::move(self)) {}

  std::shared_ptr<void> library_;  // outlives self_, whose destructor is in the library
  const xg_plugin* plugin_;
  Self self_;
};

// An open library whose descriptor fits its manifest. Copyable; the library is closed with the last
// copy and the last instance.
class PluginLibrary {
 public:
  // Opens manifest.library. Errors: "plugin.missing" (cannot be loaded, and why),
  // "plugin.invalid" (no xiaogate_plugin, wrong ABI, name or version, missing functions).
  static Result<PluginLibrary> open(const PluginManifest& manifest);

  // `config`: JSON {"devices": {"<id>": {options}}}, options completed by check_options().
  // Error "plugin.create_failed", with the plugin's own sentence.
  Result<PluginInstance> create(std::string_view config, const PluginState& state) const;

 private:
  PluginLibrary(std::shared_ptr<void> library, const xg_plugin* plugin)
      : library_(std::move(library)), plugin_(plugin) {}

  std::shared_ptr<void> library_;
  const xg_plugin* plugin_;
};

}  // namespace xiaogate::host
