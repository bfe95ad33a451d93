#include "site/routes.h"

#include <algorithm>

#include "model/topic.h"

namespace xiaogate::site {

Routes::Routes(const std::map<std::string, Device>& devices) {
  for (const auto& [id, device] : devices) {
    for (const auto& filter : device.subscribe) {
      if (filter.find_first_of("+#") == std::string::npos) {
        exact_[filter].push_back(&device);
      } else {
        wild_.emplace_back(filter, &device);
      }
    }
  }
}

std::vector<const Device*> Routes::devices_for(std::string_view topic) const {
  std::vector<const Device*> found;
  if (const auto exact = exact_.find(topic); exact != exact_.end()) found = exact->second;
  for (const auto& [filter, device] : wild_) {
    if (topic_matches(filter, topic) && std::ranges::find(found, device) == found.end()) {
      found.push_back(device);
    }
  }
  return found;
}

bool Routes::may_publish(const Device& device, std::string_view topic) {
  return is_valid_topic(topic) && std::ranges::any_of(device.publish, [&](const auto& filter) {
           return topic_matches(filter, topic);
         });
}

}  // namespace xiaogate::site
