// The member "areas" of the site's configuration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/faults.h"
#include "site/config.h"

namespace xiaogate::site {

// Adds a fault for everything that is wrong; the result counts only when there was none.
std::vector<Area> read_areas(const Json& areas, const std::string& pointer,
                             const std::map<std::string, Device>& devices,
                             const std::vector<AccessPoint>& points, Faults& faults);

// Tells the access points of their areas, and the policy of the areas' rules.
void apply_area_rules(SiteConfig& config);

}  // namespace xiaogate::site
