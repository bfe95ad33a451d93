// The member "policy" of the site's configuration.
#pragma once

#include <string>
#include <vector>

#include "access/policy.h"
#include "model/faults.h"
#include "model/json.h"
#include "site/config.h"

namespace xiaogate::site {

// Adds a fault for everything that is wrong; the result counts only when there was none.
access::AccessPolicy read_policy(const Json& json, const std::string& pointer,
                                 const ZoneFiles& zones, Faults& faults);

// The areas that the profiles name must be there.
void check_profile_areas(const access::AccessPolicy& policy, const std::string& pointer,
                         const std::vector<Area>& areas, Faults& faults);

}  // namespace xiaogate::site
