#include "site/references.h"

#include "model/id.h"

namespace xiaogate::site {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

std::string read_name(JsonReader& in, const char* member) {
  std::string name = in.text(member);
  if (!name.empty() && !is_name(name)) {
    in.fault(member, "must be 1 to 32 characters of a-z, 0-9, '-' and '_', not '" +
                         printable(name, 40) + "'");
  }
  return name;
}

void check_device(JsonReader& in, const std::string& member, const std::string& id,
                  const std::string& interface, const std::map<std::string, Device>& devices) {
  const auto found = devices.find(id);
  if (found == devices.end()) {
    in.fault(member,
             "no device '" + printable(id, 40) + "'; devices here: " + joined(names_of(devices)));
  } else if (!found->second.interfaces.empty() &&  // empty: its own fault is told already
             !found->second.is(interface)) {
    in.fault(member, "device '" + id + "' is no " + interface + "; its plugin '" +
                         found->second.plugin +
                         "' implements: " + joined(names_of(found->second.interfaces)));
  }
}

std::string read_device(JsonReader& in, const char* member, const std::string& interface,
                        const std::map<std::string, Device>& devices) {
  std::string id = in.text(member);
  if (!id.empty()) check_device(in, member, id, interface, devices);
  return id;
}

void check_profiles(JsonReader& in, const access::AccessPoint& rules,
                    const access::AccessPolicy& policy) {
  for (const auto& name : rules.profiles) {
    if (policy.profiles.contains(name)) continue;
    in.fault("profiles",
             "no profile '" + printable(name, 40) +
                 "'; profiles in /policy/profiles: " + joined(names_of(policy.profiles)));
  }
}

Names read_names(JsonReader& in, const std::string& id) {
  const std::string english = in.text_or("name_en", id);
  return {.en = english, .zh = in.text_or("name_zh", english)};
}

}  // namespace xiaogate::site
