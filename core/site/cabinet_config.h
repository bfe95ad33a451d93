// The member "cabinets" of the site's configuration: battery-swap cabinets and their readers.
#pragma once

#include <set>
#include <string>

#include "access/policy.h"
#include "model/time.h"

namespace xiaogate::site {

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

}  // namespace xiaogate::site
