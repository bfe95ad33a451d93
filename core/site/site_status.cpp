// What a person sees of the site.

#include <utility>

#include "site/site.h"

namespace xiaogate::site {

Json Site::status() const {
  Json devices = Json::object();
  for (const auto& [id, device] : config_.devices) {
    const auto state = device_state_.find(id);
    devices[id] = {{"plugin", device.plugin},
                   {"state", state == device_state_.end() ? "unknown" : state->second}};
  }
  return {{"gateway", config_.gateway},
          {"version", version_},
          {"device_link", device_link_up_ ? "up" : "down"},
          {"hub_link", hub_link_up_ ? "up" : "down"},
          {"devices", std::move(devices)},
          {"plugins", plugin_state_},
          {"cabinets", cabinets_.status()},
          {"journal", {{"head", journal_.head()}, {"acknowledged", reporter_.acknowledged()}}},
          {"feed", {{"region", feed_.position().region}, {"seq", feed_.position().seq}}},
          {"granted", granted_},
          {"denied", denied_},
          {"rejected_inputs", rejections_.total()}};
}

}  // namespace xiaogate::site
