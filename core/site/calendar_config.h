// Days, hours and the time zone in the member "policy" of the site's configuration. Each function
// adds a fault for what is wrong; the result counts only when there was none.
#pragma once

#include <chrono>
#include <optional>

#include "access/calendar.h"
#include "model/faults.h"
#include "model/json.h"
#include "site/config.h"

namespace xiaogate::site {

// The members time_zone or utc_offset_min, and special_days.
access::Calendar read_calendar(JsonReader& in, const ZoneFiles& zones, Faults& faults);

// One window, of a profile's or a bay's hours: {"days": [...], "from": "HH:MM", "to": "HH:MM"}.
access::TimeWindow read_window(const Json& json, const std::string& pointer, Faults& faults);

// A member that is a date like 2026-10-01; nothing when absent.
std::optional<std::chrono::local_days> read_date(JsonReader& in, const char* member);

}  // namespace xiaogate::site
