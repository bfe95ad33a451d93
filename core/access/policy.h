// Who may enter where and when, as the site sets it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/id.h"
#include "model/time.h"
#include "model/verdict.h"

namespace xiaogate::access {

// A weekly window in the site's local time. `to` <= `from` runs past midnight and belongs to the
// day on which it began.
struct TimeWindow {
  std::uint8_t days = 0x7F;  // bit 0 Monday ... bit 6 Sunday
  std::uint16_t from = 0;    // minutes after midnight, 0 to 1439
  std::uint16_t to = 0;
};

// True within the window: `from` belongs to it, `to` does not.
bool contains(const TimeWindow& window, WallTime now, std::int32_t utc_offset_s);

// An access profile of ONVIF's access rules: a scope name and when it may enter. No windows:
// always.
struct AccessProfile {
  std::string name;
  std::vector<TimeWindow> hours;
};

bool is_open(const AccessProfile& profile, WallTime now, std::int32_t utc_offset_s);

// The widest window of freshness that a site may set.
inline constexpr Millis kWidestFreshness{300'000};

struct AccessPolicy {
  Millis freshness{60'000};              // 20 s to kWidestFreshness
  std::int32_t utc_offset_s = 8 * 3600;  // the site's local time
  // By scope name. Empty: every scope may enter at any time, as far as the access point accepts it.
  std::map<std::string, AccessProfile> profiles;
  std::set<std::string> banned;  // subjects (pseudonymous rider ids)
};

// The part of an access point that a verdict needs.
struct AccessPoint {
  std::string id;
  bool closed = false;
  // The way out. Whoever is inside is let out: neither the credential's status and validity nor the
  // site's policy keep anybody in, only a code that proves nothing does.
  bool exit = false;
  std::set<std::string> profiles;  // names accepted here; empty: every profile of the policy
};

// Whether one of the names in `scope` (separated by one blank) may enter here and now: `granted`,
// `no_access_profile` when none is accepted at all, `outside_schedule` when none is open now.
Verdict decide_profiles(std::string_view scope, const AccessPoint& point,
                        const AccessPolicy& policy, WallTime now);

}  // namespace xiaogate::access
