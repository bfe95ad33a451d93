// The plugins found in a directory, one folder each.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/plugin.h"
#include "model/result.h"
#include "site/config.h"

namespace xiaogate::gateway {

class InstalledPlugins : public site::PluginCatalogue {
 public:
  // Reads every manifest below `directory`. Error: the directory or one of the manifests cannot be
  // used; the sentence names it.
  static Result<InstalledPlugins> find(const std::filesystem::path& directory);

  // The same with this plugin added, or in the place of the one of its name.
  InstalledPlugins with(PluginManifest manifest) const;

  // Null when there is none of that name.
  const PluginManifest* manifest(const std::string& name) const;

  std::vector<std::string> names() const override;
  Fit fit(const std::string& plugin, const std::string& device, const Json& options,
          std::vector<std::string>& faults) const override;

 private:
  std::map<std::string, PluginManifest> manifests_;
};

// What a plugin is given at create(): {"devices": {"<id>": {options}, ...}}.
std::string plugin_config(const site::SiteConfig& config, const std::string& plugin);

// Names of the plugins that the configuration uses.
std::vector<std::string> plugins_used(const site::SiteConfig& config);

}  // namespace xiaogate::gateway
