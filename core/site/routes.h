// Which device a topic belongs to, and what a device may be sent.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "site/config.h"

namespace xiaogate::site {

// Built once from the configuration; borrows its devices.
class Routes {
 public:
  explicit Routes(const std::map<std::string, Device>& devices);

  // Every device that listens to `topic`, in the order of their ids. Filters without wildcards cost
  // one hash lookup, however many devices there are.
  std::vector<const Device*> devices_for(std::string_view topic) const;

  static bool may_publish(const Device& device, std::string_view topic);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, std::vector<const Device*>, TextHash, std::equal_to<>> exact_;
  std::vector<std::pair<std::string, const Device*>> wild_;
};

}  // namespace xiaogate::site
