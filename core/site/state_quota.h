// How much a plugin may keep: 1 MiB of keys and values together. Pure; lives on the site's thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "site/ports.h"

namespace xiaogate::site {

class StateQuota {
 public:
  static constexpr std::size_t kMost = std::size_t{1} << 20U;
  static constexpr std::size_t kMaxKey = 128;
  static constexpr std::size_t kMaxValue = 64 * 1024;

  explicit StateQuota(const std::map<std::string, PluginStateSizes>& stored);

  // Whether the plugin may keep it; it counts from then on. An empty value erases the key.
  bool put(const std::string& plugin, const std::string& key, std::size_t value);

 private:
  struct Kept {
    PluginStateSizes sizes;
    std::size_t total = 0;
  };
  std::map<std::string, Kept> kept_;
};

}  // namespace xiaogate::site
