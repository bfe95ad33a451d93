// The member "policy" of the site's configuration.
#pragma once

#include <string>

#include "access/policy.h"
#include "model/json.h"
#include "site/faults.h"

namespace xiaogate::site {

// Adds a fault for everything that is wrong; the result counts only when there was none.
access::AccessPolicy read_policy(const Json& json, const std::string& pointer, Faults& faults);

// A weekly window: {"days": [...], "from": "HH:MM", "to": "HH:MM"}, every day when without days.
access::TimeWindow read_window(const Json& json, const std::string& pointer, Faults& faults);

}  // namespace xiaogate::site
