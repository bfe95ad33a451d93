// The member "cabinets" of the site's configuration: battery-swap cabinets and their readers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/policy.h"
#include "model/faults.h"
#include "model/json.h"
#include "model/time.h"

namespace xiaogate::site {

struct Device;
struct AccessPoint;

// A cabinet in which riders swap batteries, and the reader at which they show who they are.
struct Cabinet {
  access::AccessPoint rules;
  std::string name_en;
  std::string name_zh;
  std::string reader;            // device id
  std::string cabinet;           // device id
  Millis step{60'000};           // how long one step of a swap waits for the rider
  double min_charge = 80;        // %, of a battery that is handed out
  double min_health = 60;        // %, likewise; a battery that does not tell is taken for healthy
  double max_temperature = 45;   // °C, likewise
  std::set<std::string> stolen;  // ids of batteries that are given back instead of swapped
};

// A reader belongs to one cabinet or access point, a device to one cabinet. Adds a fault for
// everything that is wrong; the result counts only when there was none.
std::vector<Cabinet> read_cabinets(const Json& cabinets, const std::string& pointer,
                                   const std::map<std::string, Device>& devices,
                                   const std::vector<AccessPoint>& points,
                                   const access::AccessPolicy& policy, Faults& faults);

}  // namespace xiaogate::site
