// Names in the site's configuration, and references to what has them. Each function adds a fault
// for what is wrong.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/json.h"
#include "site/config.h"

namespace xiaogate::site {

// "a, b, c", or "none".
std::string joined(const std::vector<std::string>& names);

template <class Value>
std::vector<std::string> names_of(const std::map<std::string, Value>& values) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : values) names.push_back(name);
  return names;
}

// A required member that is a name (model/id.h).
std::string read_name(JsonReader& in, const char* member);

// Whether `id`, which stands at `member`, is a device that implements `interface`.
void check_device(JsonReader& in, const std::string& member, const std::string& id,
                  const std::string& interface, const std::map<std::string, Device>& devices);

// A required member that is such a device's id.
std::string read_device(JsonReader& in, const char* member, const std::string& interface,
                        const std::map<std::string, Device>& devices);

// Whether the policy has every profile that is accepted here.
void check_profiles(JsonReader& in, const access::AccessPoint& rules,
                    const access::AccessPolicy& policy);

// The member "name_en" and "name_zh"; by default the id, and the English one.
struct Names {
  std::string en;
  std::string zh;
};
Names read_names(JsonReader& in, const std::string& id);

}  // namespace xiaogate::site
