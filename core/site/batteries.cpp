#include "site/batteries.h"

#include "model/json.h"

namespace xiaogate::site {
namespace {

const std::string kPrefix = "battery/";

}  // namespace

Batteries::Batteries(const std::map<std::string, std::string>& state) {
  for (auto it = state.lower_bound(kPrefix); it != state.end() && it->first.starts_with(kPrefix);
       ++it) {
    const auto json = parse_json(it->second);
    if (!json || !json->is_object()) continue;
    const std::string battery = it->first.substr(kPrefix.size());
    const auto rider = json->value("rider", "");
    holder_[battery] = rider;
    battery_[rider] = battery;
  }
}

std::optional<std::string> Batteries::holder(const std::string& battery) const {
  const auto found = holder_.find(battery);
  return found == holder_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Batteries::held_by(const std::string& rider) const {
  const auto found = battery_.find(rider);
  return found == battery_.end() ? std::nullopt : std::optional(found->second);
}

void Batteries::hand_out(Effects& out, const std::string& battery, const std::string& rider) {
  if (holder(battery) == rider) return;
  if (const auto before = held_by(rider)) take_in(out, *before);
  take_in(out, battery);
  holder_[battery] = rider;
  battery_[rider] = battery;
  out.writes.emplace_back(PutSiteState{kPrefix + battery, canonical({{"rider", rider}})});
}

void Batteries::take_in(Effects& out, const std::string& battery) {
  const auto found = holder_.find(battery);
  if (found == holder_.end()) return;
  battery_.erase(found->second);
  holder_.erase(found);
  out.writes.emplace_back(PutSiteState{kPrefix + battery, ""});
}

}  // namespace xiaogate::site
