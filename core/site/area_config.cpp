#include "site/area_config.h"

#include <algorithm>
#include <utility>

#include "site/references.h"

namespace xiaogate::site {
namespace {

std::string ids_of(const std::vector<AccessPoint>& points) {
  std::vector<std::string> ids;
  for (const auto& point : points) ids.push_back(point.rules.id);
  return joined(ids);
}

void read_points(JsonReader& in, Area& area, const std::vector<AccessPoint>& points) {
  area.access_points = in.texts_or_empty("access_points");
  for (std::size_t i = 0; i < area.access_points.size(); ++i) {
    const std::string& id = area.access_points[i];
    const auto point = std::ranges::find_if(
        points, [&](const AccessPoint& known) { return known.rules.id == id; });
    if (point == points.end()) {
      in.fault(
          "access_points/" + std::to_string(i),
          "no access point '" + printable(id, 40) + "'; access points here: " + ids_of(points));
    } else if (std::ranges::find(area.gates, point->gate) == area.gates.end()) {
      area.gates.push_back(point->gate);
    }
  }
}

// Whoever cannot be seen to leave would be kept out for hours, and so would whoever was let in but
// did not go through.
void check_counting(JsonReader& in, const Area& area, const std::map<std::string, Device>& devices,
                    const std::vector<AccessPoint>& points) {
  if (!area.rules.anti_passback && !area.rules.capacity) return;
  const char* member = area.rules.anti_passback ? "anti_passback" : "capacity";
  bool has_exit = false;
  for (const auto& point : points) {
    if (std::ranges::find(area.access_points, point.rules.id) == area.access_points.end()) continue;
    has_exit = has_exit || point.rules.exit;
    const auto gate = devices.find(point.gate);
    if (point.rules.exit || gate == devices.end() || gate->second.interfaces.empty()) continue;
    if (gate->second.offers("gate", "door") || gate->second.offers("gate", "passed")) continue;
    in.fault(member, "gate '" + point.gate +
                         "' tells neither its door nor who passed; use a gate "
                         "that does at '" +
                         point.rules.id + "'");
  }
  if (!has_exit) in.fault(member, "needs an access point of direction out in this area");
}

Area read_area(JsonReader& in, const std::map<std::string, Device>& devices,
               const std::vector<AccessPoint>& points) {
  Area area;
  area.id = read_name(in, "id");
  if (area.id == "site") in.fault("id", "'site' means the whole site; choose another name");
  auto names = read_names(in, area.id);
  area.name_en = std::move(names.en);
  area.name_zh = std::move(names.zh);
  read_points(in, area, points);
  area.fire_inputs = in.texts_or_empty("fire_inputs");
  for (std::size_t i = 0; i < area.fire_inputs.size(); ++i) {
    check_device(in, "fire_inputs/" + std::to_string(i), area.fire_inputs[i], "alarm_input",
                 devices);
  }
  area.rules.anti_passback = in.boolean_or("anti_passback", false);
  if (in.find("capacity") != nullptr) {
    area.rules.capacity = static_cast<std::uint32_t>(in.integer("capacity", 1, 100'000));
  }
  area.rules.forget_after = std::chrono::hours(in.integer_or("forget_after_h", 12, 1, 168));
  check_counting(in, area, devices, points);
  in.finish();
  return area;
}

}  // namespace

std::vector<Area> read_areas(const Json& areas, const std::string& pointer,
                             const std::map<std::string, Device>& devices,
                             const std::vector<AccessPoint>& points, Faults& faults) {
  std::vector<Area> read;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    JsonReader in(areas[i], pointer + "/" + std::to_string(i), faults);
    Area area = read_area(in, devices, points);
    if (std::ranges::find(read, area.id, &Area::id) != read.end()) {
      in.fault("id", "'" + area.id + "' is used twice");
    }
    read.push_back(std::move(area));
  }
  return read;
}

void apply_area_rules(SiteConfig& config) {
  for (const auto& area : config.areas) {
    if (area.rules.anti_passback || area.rules.capacity) {
      config.policy.areas[area.id] = area.rules;
    }
    for (auto& point : config.access_points) {
      if (std::ranges::find(area.access_points, point.rules.id) != area.access_points.end()) {
        point.rules.areas.insert(area.id);
      }
    }
  }
}

}  // namespace xiaogate::site
