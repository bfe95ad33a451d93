#include "access/policy.h"

#include <algorithm>
#include <ranges>

#include "access/policy_texts.h"

namespace xiaogate::access {
namespace {

bool holds_in(const AccessProfile& profile, const AccessPoint& point) {
  return profile.areas.empty() || std::ranges::any_of(point.areas, [&](const std::string& area) {
           return profile.areas.contains(area);
         });
}

bool holds_for(const AccessProfile& profile, std::optional<Vehicle> lane) {
  return !lane || profile.vehicles.empty() || profile.vehicles.contains(*lane);
}

// What one name of a scope is worth here and now.
Verdict decide_profile(const std::string& name, const AccessPoint& point,
                       const AccessPolicy& policy, WallTime now, Trace* trace) {
  const bool accepted = point.profiles.empty() || point.profiles.contains(name);
  const auto listed = [&] { return told(point.profiles); };
  if (!note(trace, Rule::accepted_profile, accepted, name, listed)) {
    return Verdict::no_access_profile;
  }
  if (policy.profiles.empty()) return Verdict::granted;
  const auto found = policy.profiles.find(name);
  if (!note(trace, Rule::known_profile, found != policy.profiles.end(), name)) {
    return Verdict::no_access_profile;
  }
  const AccessProfile& profile = found->second;
  const auto areas = [&] { return told(profile.areas); };
  if (!note(trace, Rule::profile_area, holds_in(profile, point), name, areas)) {
    return Verdict::no_access_profile;
  }
  const auto vehicles = [&] { return told(profile.vehicles); };
  if (!note(trace, Rule::profile_vehicle, holds_for(profile, point.lane), name, vehicles)) {
    return Verdict::no_access_profile;
  }
  const auto hours = [&] { return told_hours(profile, policy.calendar, now); };
  if (!note(trace, Rule::profile_hours, is_open(profile, policy.calendar, now), name, hours)) {
    return Verdict::outside_schedule;
  }
  return Verdict::granted;
}

bool is_banned(const AccessPolicy& policy, const std::string& subject, WallTime now) {
  const auto ban = policy.banned.find(subject);
  if (ban == policy.banned.end()) return false;
  return !ban->second.last_day || policy.calendar.local(now).day <= *ban->second.last_day;
}

Verdict decide_area(const CredentialId& who, const std::string& area, const AreaRules& rules,
                    const Presence& presence, WallTime now, Trace* trace) {
  const bool inside = presence.inside(area, who, now);
  if (rules.anti_passback && !note(trace, Rule::anti_passback, !inside, area)) {
    return Verdict::anti_passback;
  }
  if (!rules.capacity) return Verdict::granted;
  const std::size_t count = presence.count(area, now);
  // Whoever is counted already takes no second place.
  const bool room = inside || count < *rules.capacity;
  const auto value = [&] { return std::to_string(count) + "/" + std::to_string(*rules.capacity); };
  return note(trace, Rule::capacity, room, area, value) ? Verdict::granted : Verdict::area_full;
}

}  // namespace

std::string_view to_string(Vehicle vehicle) {
  return vehicle == Vehicle::foot ? "foot" : "e_bike";
}

std::optional<Vehicle> parse_vehicle(std::string_view text) {
  for (const Vehicle vehicle : {Vehicle::foot, Vehicle::e_bike}) {
    if (to_string(vehicle) == text) return vehicle;
  }
  return std::nullopt;
}

bool is_open(const AccessProfile& profile, const Calendar& calendar, WallTime now) {
  return profile.hours.empty() || std::ranges::any_of(profile.hours, [&](const TimeWindow& window) {
           return contains(window, calendar, now);
         });
}

Verdict decide_profiles(std::string_view scope, const AccessPoint& point,
                        const AccessPolicy& policy, WallTime now, Trace* trace) {
  if (policy.profiles.empty() && point.profiles.empty()) return Verdict::granted;
  Verdict verdict = Verdict::no_access_profile;
  for (const auto part : std::views::split(scope, ' ')) {
    const std::string name(part.begin(), part.end());
    const Verdict one = decide_profile(name, point, policy, now, trace);
    if (one == Verdict::granted) return one;
    if (one == Verdict::outside_schedule) verdict = one;
  }
  return verdict;
}

Verdict decide_policy(const Credential& credential, const AccessPoint& point,
                      const AccessPolicy& policy, const Presence& presence, WallTime now,
                      Trace* trace) {
  const Verdict entry = decide_profiles(credential.scope, point, policy, now, trace);
  if (entry != Verdict::granted) return entry;
  const bool banned = is_banned(policy, credential.subject, now);
  const auto until = [&] { return told_ban(policy, credential.subject); };
  if (!note(trace, Rule::ban, !banned, credential.subject, until)) return Verdict::site_banned;
  if (!note(trace, Rule::open_access_point, !point.closed, point.id)) {
    return Verdict::access_point_closed;
  }
  if (point.exit) return Verdict::granted;
  for (const auto& area : point.areas) {
    const auto rules = policy.areas.find(area);
    if (rules == policy.areas.end()) continue;
    const Verdict room = decide_area(credential.id, area, rules->second, presence, now, trace);
    if (room != Verdict::granted) return room;
  }
  return Verdict::granted;
}

}  // namespace xiaogate::access
