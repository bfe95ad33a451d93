#include "gateway/installed_plugins.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <system_error>

#include "host/manifest.h"
#include "model/device_topics.h"

namespace xiaogate::gateway {

Result<InstalledPlugins> InstalledPlugins::find(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::directory_iterator folders(directory, error);
  if (error) {
    return failure("plugin.missing", "plugin directory " + directory.string() + ": " +
                                         error.message() + "; name one with --plugins");
  }
  InstalledPlugins installed;
  for (const auto& folder : folders) {
    if (!std::filesystem::exists(folder.path() / "manifest.json", error)) continue;
    auto manifest = host::load_manifest(folder.path());
    if (!manifest) return std::unexpected(manifest.error());
    const std::string name = manifest->name;
    installed.manifests_.emplace(name, std::move(*manifest));
  }
  return installed;
}

const PluginManifest* InstalledPlugins::manifest(const std::string& name) const {
  const auto found = manifests_.find(name);
  return found == manifests_.end() ? nullptr : &found->second;
}

std::vector<std::string> InstalledPlugins::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : manifests_) names.push_back(name);
  return names;
}

InstalledPlugins InstalledPlugins::with(PluginManifest manifest) const {
  InstalledPlugins changed = *this;
  const std::string name = manifest.name;
  changed.manifests_.insert_or_assign(name, std::move(manifest));
  return changed;
}

site::PluginCatalogue::Fit InstalledPlugins::fit(const std::string& plugin,
                                                 const std::string& device, const Json& options,
                                                 std::vector<std::string>& faults) const {
  const PluginManifest& manifest = manifests_.at(plugin);
  const auto completed = host::check_options(manifest, options);
  if (!completed) {
    std::istringstream lines(completed.error().text);
    for (std::string line; std::getline(lines, line);) faults.push_back(line);
    return {};
  }
  auto topics = topics_of(manifest, device, *completed);
  if (!topics) {
    faults.push_back(": " + topics.error().text);
    return {};
  }
  return {.options = canonical(*completed),
          .interfaces = manifest.interfaces,
          .subscribe = std::move(topics->subscribe),
          .publish = std::move(topics->publish)};
}

std::string plugin_config(const site::SiteConfig& config, const std::string& plugin) {
  Json devices = Json::object();
  for (const auto& [id, device] : config.devices) {
    if (device.plugin == plugin) devices[id] = *parse_json(device.options);
  }
  return canonical({{"devices", std::move(devices)}});
}

std::vector<std::string> plugins_used(const site::SiteConfig& config) {
  std::set<std::string> names;
  for (const auto& [id, device] : config.devices) names.insert(device.plugin);
  return {names.begin(), names.end()};
}

}  // namespace xiaogate::gateway
