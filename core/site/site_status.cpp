// What a person sees of the site.

#include <utility>

#include "site/site.h"

namespace xiaogate::site {

Json Site::status(WallTime now) const {
  Json devices = Json::object();
  for (const auto& [id, device] : config_.devices) {
    const auto online = online_.find(id);
    const char* state = online == online_.end() ? "unknown" : online->second ? "online" : "offline";
    devices[id] = {{"plugin", device.plugin}, {"state", state}};
  }
  Json points = Json::object();
  for (const auto& point : config_.access_points) {
    const auto cause = lock_open_.cause(point.gate);
    const char* mode = cause != LockOpen::Cause::none ? "held_open"
                       : is_locked_down(point)        ? "locked_down"
                                                      : "normal";
    points[point.rules.id] = {{"name_en", point.name_en},
                              {"name_zh", point.name_zh},
                              {"gate", point.gate},
                              {"door", gates_.door(point.gate)},
                              {"mode", mode}};
  }
  Json areas = areas_.status(alarms_);
  for (auto& [id, area] : areas.items()) area["bays"] = bays_.counts(id);
  return {{"gateway", config_.gateway},
          {"version", version_},
          {"device_link", device_link_up_ ? "up" : "down"},
          {"hub_link", hub_link_up_ ? "up" : "down"},
          {"devices", std::move(devices)},
          {"access_points", std::move(points)},
          {"areas", std::move(areas)},
          {"bays", bays_.status(now)},
          {"locked_down", alarms_.stands("lock_down", std::string(Areas::kSite))},
          {"alarms", alarms_.list()},
          {"plugins", plugin_state_},
          {"cabinets", cabinets_.status()},
          {"journal", {{"head", journal_.head()}, {"acknowledged", reporter_.acknowledged()}}},
          {"feed", {{"region", feed_.position().region}, {"seq", feed_.position().seq}}},
          {"granted", granted_},
          {"denied", denied_},
          {"rejected_inputs", rejections_.total()}};
}

}  // namespace xiaogate::site
