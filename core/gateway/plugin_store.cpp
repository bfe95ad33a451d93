#include "gateway/plugin_store.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "host/manifest.h"
#include "host/package_file.h"
#include "model/id.h"

namespace xiaogate::gateway {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCurrent = "current";

std::unexpected<Error> io(const fs::path& path, const std::error_code& error) {
  return failure("file.io", path.string() + ": " + error.message());
}

// The chosen version's folder; empty when there is none.
fs::path chosen(const fs::path& plugin) {
  std::error_code error;
  const fs::path version = fs::read_symlink(plugin / kCurrent, error);
  return error || !host::is_package_version(version.string()) ? fs::path() : plugin / version;
}

// The manifest of an installed folder that still is what was signed.
Result<PluginManifest> whole(const fs::path& folder, const host::PackageTrust& trust) {
  if (auto sound = host::verify_installed(folder, trust); !sound) {
    return std::unexpected(sound.error());
  }
  return host::load_manifest(folder);
}

}  // namespace

InstalledPlugins PluginStore::over(InstalledPlugins delivered,
                                   std::vector<DamagedPlugin>& damaged) const {
  std::error_code error;
  for (const auto& plugin : fs::directory_iterator(root_, error)) {
    const std::string name = plugin.path().filename().string();
    const fs::path folder = chosen(plugin.path());
    if (!is_name(name) || folder.empty()) continue;
    auto manifest = whole(folder, trust_);
    if (manifest && manifest->name != name) {
      manifest = failure("package.altered", folder.string() + " holds plugin " + manifest->name);
    }
    if (!manifest) {
      damaged.push_back({name, folder.filename().string(), manifest.error().text});
      continue;
    }
    delivered = delivered.with(std::move(*manifest));
  }
  return delivered;
}

Result<PluginStore::Staged> PluginStore::stage(std::string_view octets) const {
  const auto package = host::open_package(as_bytes(octets), trust_);
  if (!package) return std::unexpected(package.error());
  const auto& list = package->list;
  Staged staged{list.name, list.version, package->vendor, root_ / list.name / list.version};
  std::error_code error;
  fs::create_directories(root_ / list.name, error);
  if (error) return io(root_ / list.name, error);
  // Beside it first: what stands under a version's name is whole.
  const fs::path fresh = root_ / list.name / (".new-" + list.version);
  fs::remove_all(fresh, error);
  if (const auto unpacked = host::unpack(*package, fresh); !unpacked) {
    fs::remove_all(fresh, error);
    return std::unexpected(unpacked.error());
  }
  if (fs::exists(staged.folder, error)) {
    const auto there =
        host::read_package_file(staged.folder / host::kSignatureFile, host::kMaxDigestList);
    const bool same = there && std::ranges::equal(*there, package->envelope);
    if (same && host::verify_installed(staged.folder, trust_)) {
      fs::remove_all(fresh, error);
      return staged;
    }
    if (chosen(root_ / list.name) == staged.folder && !same) {
      fs::remove_all(fresh, error);
      return failure("plugin.conflict", "version " + list.version + " of plugin " + list.name +
                                            " runs already with other contents; give the new one "
                                            "another version");
    }
    fs::remove_all(staged.folder, error);
  }
  fs::rename(fresh, staged.folder, error);
  if (error) return io(staged.folder, error);
  if (auto stable = host::sync_folder(root_ / list.name); !stable) {
    return std::unexpected(stable.error());
  }
  return staged;
}

Result<void> PluginStore::choose(const Staged& staged) const {
  const fs::path plugin = staged.folder.parent_path();
  const fs::path fresh = plugin / ".current";
  std::error_code error;
  fs::remove(fresh, error);
  fs::create_symlink(staged.version, fresh, error);
  if (!error) fs::rename(fresh, plugin / kCurrent, error);
  if (error) return io(plugin / kCurrent, error);
  return host::sync_folder(plugin);
}

void PluginStore::discard(const Staged& staged) const {
  if (chosen(staged.folder.parent_path()) == staged.folder) return;
  std::error_code ignored;
  fs::remove_all(staged.folder, ignored);
}

}  // namespace xiaogate::gateway
