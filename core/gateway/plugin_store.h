// Plugins that were installed from packages, in <data>/plugins/<name>/<version>/; the link
// <data>/plugins/<name>/current names the version that runs. They come before the plugins that the
// gateway was delivered with.
//
// Every function may be called on any thread; installations of one plugin one at a time.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/installed_plugins.h"
#include "host/package.h"
#include "model/result.h"

namespace xiaogate::gateway {

// An installed plugin that is not what was signed any more; the delivered one runs instead.
struct DamagedPlugin {
  std::string plugin;
  std::string version;
  std::string reason;
};

class PluginStore {
 public:
  PluginStore(const std::filesystem::path& data, host::PackageTrust trust)
      : root_(data / "plugins"), trust_(std::move(trust)) {}

  // `delivered` with every installed plugin in its place that is whole.
  InstalledPlugins over(InstalledPlugins delivered, std::vector<DamagedPlugin>& damaged) const;

  struct Staged {
    std::string plugin;
    std::string version;
    std::string vendor;
    std::filesystem::path folder;
  };
  // Verifies a package and unpacks it; nothing runs it yet. Errors as of host/package.h; and
  // "plugin.conflict" when this version is installed already with other contents.
  Result<Staged> stage(std::string_view package) const;
  // From now on this version is the one that starts. Errors: "file.io".
  Result<void> choose(const Staged& staged) const;
  // What was staged is not wanted. The version that was chosen stays.
  void discard(const Staged& staged) const;

 private:
  std::filesystem::path root_;
  host::PackageTrust trust_;
};

}  // namespace xiaogate::gateway
