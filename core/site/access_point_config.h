// The member "access_points" of the site's configuration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/faults.h"
#include "site/config.h"

namespace xiaogate::site {

// Adds a fault for everything that is wrong; the result counts only when there was none.
std::vector<AccessPoint> read_access_points(const Json& points, const std::string& pointer,
                                            const std::map<std::string, Device>& devices,
                                            const access::AccessPolicy& policy, Faults& faults);

}  // namespace xiaogate::site
