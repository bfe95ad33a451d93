#include "site/policy_config.h"

#include <algorithm>
#include <utility>

#include "site/calendar_config.h"
#include "site/references.h"

namespace xiaogate::site {
namespace {

access::AccessProfile read_profile(const Json& json, const std::string& pointer, Faults& faults) {
  JsonReader in(json, pointer, faults);
  access::AccessProfile profile;
  profile.name = in.text("name");
  if (profile.name.empty() || profile.name.find(' ') != std::string::npos) {
    in.fault("name", "must be a scope name without blanks, like rider.gate");
  }
  const Json& hours = in.array_or_empty("hours");
  for (std::size_t i = 0; i < hours.size(); ++i) {
    profile.hours.push_back(read_window(hours[i], in.at("hours/" + std::to_string(i)), faults));
  }
  const auto areas = in.texts_or_empty("areas");
  profile.areas.insert(areas.begin(), areas.end());
  for (const auto& name : in.texts_or_empty("vehicles")) {
    if (const auto vehicle = access::parse_vehicle(name)) {
      profile.vehicles.insert(*vehicle);
    } else {
      in.fault("vehicles", "must be an array of foot, e_bike");
    }
  }
  in.finish();
  return profile;
}

// A rider's pseudonym, or an object with it and the last day of the ban.
void read_ban(const Json& json, const std::string& pointer, access::AccessPolicy& policy,
              Faults& faults) {
  if (json.is_string()) {
    policy.banned[json.get<std::string>()] = {};
    return;
  }
  if (!json.is_object()) {
    faults.push_back(pointer + ": must be a text, or an object with subject and last_day");
    return;
  }
  JsonReader in(json, pointer, faults);
  const std::string subject = in.text("subject");
  policy.banned[subject] = {.last_day = read_date(in, "last_day")};
  in.finish();
}

}  // namespace

access::AccessPolicy read_policy(const Json& json, const std::string& pointer,
                                 const ZoneFiles& zones, Faults& faults) {
  JsonReader in(json, pointer, faults);
  access::AccessPolicy policy;
  policy.freshness = std::chrono::seconds(in.integer_or("freshness_s", 60, 20, 300));
  policy.calendar = read_calendar(in, zones, faults);
  const Json& profiles = in.array_or_empty("profiles");
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const std::string at = "profiles/" + std::to_string(i);
    auto profile = read_profile(profiles[i], in.at(at), faults);
    const std::string name = profile.name;
    if (!policy.profiles.emplace(name, std::move(profile)).second) {
      in.fault(at + "/name", "'" + printable(name, 40) + "' is used twice");
    }
  }
  const Json& banned = in.array_or_empty("banned");
  for (std::size_t i = 0; i < banned.size(); ++i) {
    read_ban(banned[i], in.at("banned/" + std::to_string(i)), policy, faults);
  }
  in.finish();
  return policy;
}

void check_profile_areas(const access::AccessPolicy& policy, const std::string& pointer,
                         const std::vector<Area>& areas, Faults& faults) {
  std::vector<std::string> known;
  for (const auto& area : areas) known.push_back(area.id);
  for (const auto& [name, profile] : policy.profiles) {
    for (const auto& area : profile.areas) {
      if (std::ranges::find(known, area) != known.end()) continue;
      faults.push_back(pointer + "/profiles: '" + printable(name, 40) +
                       "' names no area of /areas: '" + printable(area, 40) +
                       "'; areas there: " + joined(known));
    }
  }
}

}  // namespace xiaogate::site
