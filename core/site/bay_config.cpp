#include "site/bay_config.h"

#include <algorithm>
#include <utility>

#include "site/calendar_config.h"
#include "site/references.h"

namespace xiaogate::site {
namespace {

void check_area(JsonReader& in, const std::string& id, const std::vector<Area>& areas) {
  if (id.empty() || std::ranges::find(areas, id, &Area::id) != areas.end()) return;
  std::vector<std::string> ids;
  for (const auto& area : areas) ids.push_back(area.id);
  in.fault("area", "no area '" + printable(id, 40) + "'; areas here: " + joined(ids));
}

Bay read_bay(JsonReader& in, const std::map<std::string, Device>& devices,
             const std::vector<Area>& areas, Faults& faults) {
  Bay bay;
  bay.id = read_name(in, "id");
  auto names = read_names(in, bay.id);
  bay.name_en = std::move(names.en);
  bay.name_zh = std::move(names.zh);
  bay.sensor = read_device(in, "sensor", "parking_bay", devices);
  bay.area = in.text_or("area", "");
  check_area(in, bay.area, areas);
  const Bay usual;
  bay.heartbeat =
      Millis(1000 * in.integer_or("heartbeat_s", usual.heartbeat.count() / 1000, 10, 604'800));
  if (const Json* hours = in.find("hours"); hours != nullptr) {
    bay.hours = read_window(*hours, in.at("hours"), faults);
  }
  in.finish();
  return bay;
}

}  // namespace

std::vector<Bay> read_bays(const Json& bays, const std::string& pointer,
                           const std::map<std::string, Device>& devices,
                           const std::vector<Area>& areas, Faults& faults) {
  std::vector<Bay> read;
  for (std::size_t i = 0; i < bays.size(); ++i) {
    JsonReader in(bays[i], pointer + "/" + std::to_string(i), faults);
    Bay bay = read_bay(in, devices, areas, faults);
    for (const auto& other : read) {
      if (other.id == bay.id) in.fault("id", "'" + bay.id + "' is used twice");
      if (other.sensor == bay.sensor && !bay.sensor.empty()) {
        in.fault("sensor", "'" + bay.sensor + "' already watches '" + other.id + "'");
      }
    }
    read.push_back(std::move(bay));
  }
  return read;
}

}  // namespace xiaogate::site
