// The site's rules as short texts free of language, for traces.
#pragma once

#include <set>
#include <string>

#include "access/policy.h"

namespace xiaogate::access {

std::string told(const std::set<std::string>& names);  // "a b"
std::string told(const std::set<Vehicle>& vehicles);   // "foot e_bike"

// "2026-10-01 holiday 08:30"
std::string told(const LocalMoment& moment, const Calendar& calendar);

// "mon tue wed 06:00-22:00 2026-11-01..2026-11-11"; all days are left out.
std::string told(const TimeWindow& window);

// The local time, and the windows of the profile: the one that holds, or all when none does.
std::string told_hours(const AccessProfile& profile, const Calendar& calendar, WallTime now);

// The last day of the subject's ban, "" without one.
std::string told_ban(const AccessPolicy& policy, const std::string& subject);

}  // namespace xiaogate::access
