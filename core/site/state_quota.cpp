#include "site/state_quota.h"

namespace xiaogate::site {

StateQuota::StateQuota(const std::map<std::string, PluginStateSizes>& stored) {
  for (const auto& [plugin, sizes] : stored) {
    Kept& kept = kept_[plugin];
    kept.sizes = sizes;
    for (const auto& [key, size] : sizes) kept.total += key.size() + size;
  }
}

bool StateQuota::put(const std::string& plugin, const std::string& key, std::size_t value) {
  if (key.empty() || key.size() > kMaxKey || value > kMaxValue) return false;
  Kept& kept = kept_[plugin];
  const auto found = kept.sizes.find(key);
  const std::size_t before = found == kept.sizes.end() ? 0 : key.size() + found->second;
  const std::size_t after = value == 0 ? 0 : key.size() + value;
  // What makes it less is always taken, even from a plugin that once was allowed more.
  if (after > before && kept.total - before + after > kMost) return false;
  kept.total = kept.total - before + after;
  if (value == 0) {
    kept.sizes.erase(key);
  } else {
    kept.sizes.insert_or_assign(key, value);
  }
  return true;
}

}  // namespace xiaogate::site
