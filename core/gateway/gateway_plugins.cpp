// What people order about plugins while the gateway runs.

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "gateway/clock.h"
#include "gateway/gateway.h"
#include "host/manifest.h"
#include "process/zone_file.h"

namespace xiaogate::gateway {
namespace {

// Links and site were set up for the version before.
Result<void> check_same_reach(const site::SiteConfig& before, const site::SiteConfig& after,
                              const std::string& plugin) {
  for (const auto& [id, device] : before.devices) {
    if (device.plugin != plugin) continue;
    const auto& next = after.devices.at(id);
    const char* changed = device.subscribe != next.subscribe     ? "is heard on other topics"
                          : device.publish != next.publish       ? "is sent other topics"
                          : device.interfaces != next.interfaces ? "offers other interfaces"
                                                                 : nullptr;
    if (changed == nullptr) continue;
    return failure("plugin.conflict", "with this version of plugin " + plugin + " the device " +
                                          id + " " + changed +
                                          "; it cannot take over while the gateway runs: restart "
                                          "the gateway with it");
  }
  return {};
}

}  // namespace

Json Gateway::plugins_json() const {
  Json plugins = Json::array();
  for (const auto& plugin : host_->plugins(read_clock())) {
    Json one{{"name", plugin.name},
             {"version", plugin.version},
             {"state", plugin.state},
             {"failures", plugin.failures},
             {"quarantined", plugin.quarantined},
             {"queued", plugin.queued},
             {"held_by", plugin.held_by}};
    if (plugin.pid > 0) one["pid"] = plugin.pid;
    if (!plugin.upgrading_to.empty()) one["upgrading_to"] = plugin.upgrading_to;
    plugins.push_back(std::move(one));
  }
  return {{"plugins", std::move(plugins)}};
}

Result<Json> Gateway::start_plugin(const std::string& name) {
  if (auto started = host_->start(name, read_clock()); !started) {
    return std::unexpected(started.error());
  }
  return Json{{"plugin", name}};
}

Result<void> Gateway::replace_plugin(const std::string& folder, std::uint64_t number) {
  const auto manifest = host::load_manifest(folder);
  if (!manifest) return std::unexpected(manifest.error());
  const std::string& name = manifest->name;
  std::error_code error;
  if (!std::filesystem::exists(manifest->library, error)) {
    return failure("plugin.missing", "plugin " + name + ": its library " + manifest->library +
                                         " is missing; install the plugin again");
  }
  const bool used = std::ranges::any_of(
      config_.devices, [&](const auto& device) { return device.second.plugin == name; });
  if (!used) {
    return failure("plugin.unknown", "no device of this site uses plugin " + name);
  }
  auto config = site::parse_site_config(config_text_, options_.config, plugins_.with(*manifest),
                                        process::read_zone_file);
  if (!config) return std::unexpected(config.error());
  if (auto same = check_same_reach(config_, *config, name); !same) return same;
  if (auto begun = host_->upgrade(*manifest, plugin_config(*config, name)); !begun) return begun;
  replacements_.emplace(name, Replacement{number, *manifest, std::move(*config)});
  return {};
}

void Gateway::watch_replacement(const host::HostEvent& event) {
  const auto take = [this](const std::string& plugin) { return replacements_.extract(plugin); };
  if (const auto* done = std::get_if<host::PluginUpgraded>(&event)) {
    auto replacement = take(done->plugin);
    if (!replacement) return;
    plugins_ = plugins_.with(std::move(replacement.mapped().manifest));
    config_ = std::move(replacement.mapped().config);
    desk_->answer(replacement.mapped().number,
                  Json{{"plugin", done->plugin}, {"from", done->from}, {"to", done->to}});
  } else if (const auto* failed = std::get_if<host::PluginUpgradeFailed>(&event)) {
    const auto replacement = take(failed->plugin);
    if (!replacement) return;
    desk_->answer(replacement.mapped().number,
                  failure("plugin.conflict",
                          "version " + failed->version + " of plugin " + failed->plugin +
                              " does not start: " + failed->reason + "; the one before goes on"));
  }
}

}  // namespace xiaogate::gateway
