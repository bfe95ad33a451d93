// Who may enter where and when, as the site sets it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/id.h"
#include "model/time.h"

namespace xiaogate::access {

// A weekly window in the site's local time. `to` <= `from` runs past midnight and belongs to the
// day on which it began.
struct TimeWindow {
  std::uint8_t days = 0x7F;  // bit 0 Monday ... bit 6 Sunday
  std::uint16_t from = 0;    // minutes after midnight, 0 to 1439
  std::uint16_t to = 0;
};

// An access profile of ONVIF's access rules: a scope name and when it may enter. No windows: always.
struct AccessProfile {
  std::string name;
  std::vector<TimeWindow> hours;
};

struct AccessPolicy {
  Millis freshness{60'000};       // 20 s to 300 s
  std::int32_t utc_offset_s = 8 * 3600;  // the site's local time
  // By scope name. Empty: every scope may enter at any time.
  std::map<std::string, AccessProfile> profiles;
  std::set<std::string> banned;  // subjects (pseudonymous rider ids)
};

// The part of an access point that a verdict needs.
struct AccessPoint {
  std::string id;
  bool closed = false;
  std::set<std::string> profiles;  // names accepted here; empty: every profile of the policy
};

}  // namespace xiaogate::access
