// Who may enter where and when, as the site sets it. Pure values and functions;
// docs/configuration.md shows what they are read from.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "access/calendar.h"
#include "access/presence.h"
#include "access/trace.h"
#include "model/credential.h"
#include "model/time.h"
#include "model/verdict.h"

namespace xiaogate::access {

// What a lane lets through. A code cannot tell what its rider sits on, so it is the lane, not the
// credential, that says which vehicle an admission is for.
enum class Vehicle : std::uint8_t { foot, e_bike };

std::string_view to_string(Vehicle vehicle);  // "foot", "e_bike"
std::optional<Vehicle> parse_vehicle(std::string_view text);

// An access profile of ONVIF's access rules: a scope name, and when and where it may enter. What is
// empty restricts nothing.
struct AccessProfile {
  std::string name;
  std::vector<TimeWindow> hours = {};
  std::set<std::string> areas = {};
  std::set<Vehicle> vehicles = {};
};

bool is_open(const AccessProfile& profile, const Calendar& calendar, WallTime now);

struct Ban {
  // In the site's calendar, included; none: until it is lifted.
  std::optional<std::chrono::local_days> last_day = std::nullopt;
};

// What an area asks of whoever comes in.
struct AreaRules {
  // A credential that is inside may not come in again before it has left.
  bool anti_passback = false;
  std::optional<std::uint32_t> capacity = std::nullopt;
  // Whoever has not left by then counts as gone.
  Millis forget_after = std::chrono::hours(12);
};

// The windows of freshness: what a site sets at most, and what holds while the clock was never set.
inline constexpr Millis kWidestFreshness{300'000};

struct AccessPolicy {
  Millis freshness{60'000};  // 20 s to kWidestFreshness
  Calendar calendar = {};
  // By scope name. Empty: every scope may enter at any time, as far as the access point accepts it.
  std::map<std::string, AccessProfile> profiles = {};
  std::map<std::string, Ban> banned = {};       // by subject (pseudonymous rider id)
  std::map<std::string, AreaRules> areas = {};  // by area; absent: no rule
};

// The part of an access point that a verdict needs.
struct AccessPoint {
  std::string id;
  bool closed = false;
  // The way out. Whoever is inside is let out: neither the credential's status and validity nor the
  // site's policy keep anybody in, only a code that proves nothing does.
  bool exit = false;
  std::set<std::string> profiles = {};  // names accepted here; empty: every profile of the policy
  std::set<std::string> areas = {};     // those that it leads into, or out of
  std::optional<Vehicle> lane = std::nullopt;  // none: one lane for all
};

// Whether one of the names in `scope` (separated by one blank) may enter here and now: `granted`,
// `no_access_profile` when none is accepted at all, `outside_schedule` when none is open now.
Verdict decide_profiles(std::string_view scope, const AccessPoint& point,
                        const AccessPolicy& policy, WallTime now, Trace* trace = nullptr);

// The whole of the site's policy for a way in: profiles, bans, closed access points, then the rules
// of the areas. `granted`, or the first verdict that applies. At a way out nobody asks the areas.
Verdict decide_policy(const Credential& credential, const AccessPoint& point,
                      const AccessPolicy& policy, const Presence& presence, WallTime now,
                      Trace* trace = nullptr);

}  // namespace xiaogate::access
