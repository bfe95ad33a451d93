#include "site/cabinet_config.h"

#include <utility>

#include "site/references.h"

namespace xiaogate::site {
namespace {

Cabinet read_cabinet(JsonReader& in, const std::map<std::string, Device>& devices) {
  Cabinet cabinet;
  cabinet.rules.id = read_name(in, "id");
  auto names = read_names(in, cabinet.rules.id);
  cabinet.name_en = std::move(names.en);
  cabinet.name_zh = std::move(names.zh);
  cabinet.rules.closed = in.boolean_or("closed", false);
  cabinet.reader = read_device(in, "reader", "reader", devices);
  cabinet.cabinet = read_device(in, "cabinet", "swap_cabinet", devices);
  cabinet.step = Millis(1000 * in.integer_or("step_s", cabinet.step.count() / 1000, 10, 600));
  const auto number = [&](const char* member, double usual, std::int64_t least, std::int64_t most) {
    return static_cast<double>(
        in.integer_or(member, static_cast<std::int64_t>(usual), least, most));
  };
  cabinet.min_charge = number("min_charge", cabinet.min_charge, 0, 100);
  cabinet.min_health = number("min_health", cabinet.min_health, 0, 100);
  cabinet.max_temperature = number("max_temperature", cabinet.max_temperature, 0, 60);
  const auto stolen = in.texts_or_empty("stolen");
  cabinet.stolen.insert(stolen.begin(), stolen.end());
  const auto profiles = in.texts_or_empty("profiles");
  cabinet.rules.profiles.insert(profiles.begin(), profiles.end());
  in.finish();
  return cabinet;
}

}  // namespace

std::vector<Cabinet> read_cabinets(const Json& cabinets, const std::string& pointer,
                                   const std::map<std::string, Device>& devices,
                                   const std::vector<AccessPoint>& points,
                                   const access::AccessPolicy& policy, Faults& faults) {
  std::vector<Cabinet> read;
  for (std::size_t i = 0; i < cabinets.size(); ++i) {
    JsonReader in(cabinets[i], pointer + "/" + std::to_string(i), faults);
    Cabinet cabinet = read_cabinet(in, devices);
    const auto taken = [&](const access::AccessPoint& other, const std::string& reader) {
      if (other.id == cabinet.rules.id) in.fault("id", "'" + other.id + "' is used twice");
      if (reader == cabinet.reader && !reader.empty()) {
        in.fault("reader", "'" + reader + "' already reads for '" + other.id + "'");
      }
    };
    for (const auto& point : points) taken(point.rules, point.reader);
    for (const auto& other : read) {
      taken(other.rules, other.reader);
      if (other.cabinet == cabinet.cabinet && !other.cabinet.empty()) {
        in.fault("cabinet", "'" + other.cabinet + "' already belongs to '" + other.rules.id + "'");
      }
    }
    check_profiles(in, cabinet.rules, policy);
    read.push_back(std::move(cabinet));
  }
  return read;
}

}  // namespace xiaogate::site
