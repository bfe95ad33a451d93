#include "site/areas.h"

#include <algorithm>

#include "site/references.h"

namespace xiaogate::site {
namespace {

constexpr std::string_view kPrefix = "fire_input/";

bool contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

Areas::Areas(const SiteConfig& config, const std::map<std::string, std::string>& state,
             const std::map<std::string, bool>& inputs)
    : config_(config) {
  for (const auto& [key, value] : state) {
    if (!key.starts_with(kPrefix)) continue;
    const std::string device = key.substr(kPrefix.size());
    if (is_fire_input(device)) inputs_[device] = true;
  }
  for (const auto& [device, active] : inputs) inputs_[device] = active;
}

const Area* Areas::find(const std::string& id) const {
  const auto found = std::ranges::find(config_.areas, id, &Area::id);
  return found == config_.areas.end() ? nullptr : &*found;
}

bool Areas::is_fire_input(const std::string& device) const {
  return std::ranges::any_of(config_.areas,
                             [&](const Area& area) { return contains(area.fire_inputs, device); });
}

// Stored also when it is what is known already: that may come from a turn that was not committed.
void Areas::input(Effects& out, const std::string& device, bool active) {
  inputs_[device] = active;
  out.writes.emplace_back(PutSiteState{std::string(kPrefix) + device, active ? "true" : ""});
}

bool Areas::burns(const Area& area) const {
  return std::ranges::any_of(area.fire_inputs, [&](const std::string& device) {
    const auto input = inputs_.find(device);
    return input != inputs_.end() && input->second;
  });
}

bool Areas::burns(const std::string& gate) const {
  return std::ranges::any_of(
      config_.areas, [&](const Area& area) { return contains(area.gates, gate) && burns(area); });
}

void Areas::record_fires(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now) {
  for (const auto& area : config_.areas) {
    const Json body{{"area", area.id}, {"gates", area.gates}};
    if (burns(area)) {
      alarms.raise(out, journal, now, "fire_release", area.id, body);
    } else if (alarms.end(out, "fire_release", area.id)) {
      journal.append(out, now, Durability::stable, "fire_release_ended", body);
    }
  }
}

Error Areas::no_area(const std::string& id) const {
  std::vector<std::string> ids;
  for (const auto& area : config_.areas) ids.push_back(area.id);
  return {"area.unknown", "no area '" + printable(id, 40) + "'; areas here: " + joined(ids)};
}

Result<std::uint64_t> Areas::lock_down(Effects& out, JournalWriter& journal, Alarms& alarms,
                                       const Instant& now, const std::string& area,
                                       const Said& said) {
  if (!area.empty() && find(area) == nullptr) return std::unexpected(no_area(area));
  const std::string subject = area.empty() ? std::string(kSite) : area;
  if (!alarms.raise(out, journal, now, "lock_down", subject,
                    {{"area", subject}, {"by", said.by}, {"reason", said.reason}})) {
    return failure("lock_down.conflict", subject + " is locked down already");
  }
  return journal.head();
}

Result<std::uint64_t> Areas::release(Effects& out, JournalWriter& journal, Alarms& alarms,
                                     const Instant& now, const std::string& area,
                                     const Said& said) {
  if (!area.empty() && find(area) == nullptr) return std::unexpected(no_area(area));
  std::vector<std::string> subjects{area};
  if (area.empty()) {
    subjects = {std::string(kSite)};
    for (const auto& known : config_.areas) subjects.push_back(known.id);
  }
  std::uint64_t record = 0;
  for (const auto& subject : subjects) {
    if (!alarms.end(out, "lock_down", subject)) continue;
    record = journal.append(out, now, Durability::stable, "lock_down_ended",
                            {{"area", subject}, {"by", said.by}, {"reason", said.reason}});
  }
  if (record != 0) return record;
  const std::string what = area.empty() ? "nothing" : area + " itself";
  const bool whole = alarms.stands("lock_down", std::string(kSite));
  return failure("lock_down.conflict",
                 what + " is not locked down" +
                     (whole ? ", the whole site is: release that, without naming an area" : ""));
}

std::string Areas::locked_down_by(const Alarms& alarms, const std::string& access_point) const {
  if (std::string site(kSite); alarms.stands("lock_down", site)) return site;
  for (const auto& area : config_.areas) {
    if (contains(area.access_points, access_point) && alarms.stands("lock_down", area.id)) {
      return area.id;
    }
  }
  return {};
}

bool Areas::locked_down(const Alarms& alarms, const std::string& gate) const {
  return std::ranges::all_of(config_.access_points, [&](const AccessPoint& point) {
    return point.gate != gate || !locked_down_by(alarms, point.rules.id).empty();
  });
}

Json Areas::status(const Alarms& alarms) const {
  Json status = Json::object();
  for (const auto& area : config_.areas) {
    status[area.id] = {{"name_en", area.name_en},
                       {"name_zh", area.name_zh},
                       {"fire", burns(area)},
                       {"lock_down", alarms.stands("lock_down", area.id) ||
                                         alarms.stands("lock_down", std::string(kSite))}};
  }
  return status;
}

}  // namespace xiaogate::site
