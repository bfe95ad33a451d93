#include "cabinet.h"

#include <charconv>
#include <stdexcept>

namespace {

using nlohmann::json;

// Ids of attributes (liasica/cabservd, internal/brands/kaixin/signal.go).
const std::string kDoor = "02103001";     // 0 closed, 1 open
const std::string kState = "02104001";    // 0 empty, 1 charging, 2 full, 5 fault
const std::string kBattery = "02106001";  // its serial number
const std::string kCharge = "02109001";
const std::string kHealth = "02110001";
const std::string kVoltage = "01111001";
const std::string kCells = "01119001";    // °C of the cells
const std::string kEnabled = "02118001";  // 0 out of use, 1 in use

// A call may have 64 effects, and each slot takes one.
constexpr int kMostDoors = 48;
constexpr std::size_t kMostAttributes = 64;  // of one slot

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Only what the Thing Model allows: a sensor that is broken tells anything.
void put_number(json& slot, const char* name, const std::string& text, double least, double most) {
  const auto value = number(text);
  if (value && *value >= least && *value <= most) slot[name] = *value;
}

}  // namespace

std::string text_of(const json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

int door_of(const json& entry) {
  const auto found = entry.find("doorId");
  if (found == entry.end()) return 0;
  const std::string text = text_of(*found);
  if (text.empty()) return 0;
  const auto value = number(text);
  if (!value || *value < 1 || *value > kMostDoors) throw std::runtime_error("doorId " + text);
  return static_cast<int>(*value);
}

std::set<int> Cabinet::apply(const json& list, bool snapshot) {
  std::map<int, Attributes> told;
  for (const auto& entry : list) {
    Attributes& door = told[door_of(entry)];
    if (door.size() < kMostAttributes) {
      door[entry.at("id").get<std::string>()] = text_of(entry.at("value"));
    }
  }
  if (snapshot) doors_.clear();
  std::set<int> doors;
  for (auto& [door, attributes] : told) {
    if (door != 0) doors.insert(door);
    Attributes& known = doors_[door];
    attributes.merge(known);  // keeps what is new
    known = std::move(attributes);
  }
  return doors;
}

std::optional<json> Cabinet::slot(int door) const {
  const auto found = doors_.find(door);
  if (found == doors_.end()) return std::nullopt;
  const Attributes& known = found->second;
  const auto get = [&](const std::string& id) {
    const auto attribute = known.find(id);
    return attribute == known.end() ? std::string() : attribute->second;
  };
  const std::string state = get(kState);
  if (state.empty() || get(kDoor).empty()) return std::nullopt;
  json slot{{"slot", door}, {"door", get(kDoor) == "0" ? "closed" : "open"}};
  slot["state"] = state == "0"   ? "empty"
                  : state == "1" ? "charging"
                  : state == "2" ? "full"
                                 : "fault";
  if (!get(kEnabled).empty()) slot["locked"] = get(kEnabled) == "0";
  if (state == "0") return slot;  // what is left of the last battery's attributes is past
  const std::string battery = get(kBattery);
  if (!battery.empty() && battery.size() <= 64) slot["battery"] = battery;
  put_number(slot, "charge", get(kCharge), 0, 100);
  put_number(slot, "health", get(kHealth), 0, 100);
  put_number(slot, "voltage", get(kVoltage), 0, 1000);
  put_number(slot, "temperature", get(kCells), -100, 300);
  return slot;
}

std::set<int> Cabinet::doors() const {
  std::set<int> doors;
  for (const auto& [door, unused] : doors_) {
    if (door != 0) doors.insert(door);
  }
  return doors;
}

std::string Cabinet::attribute(const std::string& id) const {
  const auto cabinet = doors_.find(0);
  if (cabinet == doors_.end()) return {};
  const auto found = cabinet->second.find(id);
  return found == cabinet->second.end() ? std::string() : found->second;
}
