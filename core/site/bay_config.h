// The member "bays" of the site's configuration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/faults.h"
#include "site/config.h"

namespace xiaogate::site {

// Adds a fault for everything that is wrong; the result counts only when there was none.
std::vector<Bay> read_bays(const Json& bays, const std::string& pointer,
                           const std::map<std::string, Device>& devices,
                           const std::vector<Area>& areas, Faults& faults);

}  // namespace xiaogate::site
