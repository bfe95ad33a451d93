#include "site/access_point_config.h"

#include <utility>

#include "site/references.h"

namespace xiaogate::site {
namespace {

using Devices = std::map<std::string, Device>;

// A member that is one of two words; whether it is the second.
bool read_choice(JsonReader& in, const char* member, const std::string& usual,
                 const std::string& other) {
  const std::string word = in.text_or(member, usual);
  if (word != usual && word != other) {
    in.fault(member, "must be " + usual + " or " + other + ", not '" + printable(word, 40) + "'");
  }
  return word == other;
}

void read_lane(JsonReader& in, AccessPoint& point) {
  const std::string word = in.text_or("lane", "all");
  if (word == "all") return;
  point.rules.lane = access::parse_vehicle(word);
  if (!point.rules.lane) {
    in.fault("lane", "must be foot, e_bike or all, not '" + printable(word, 40) + "'");
  }
}

void read_times(JsonReader& in, AccessPoint& point) {
  const AccessPoint usual;
  const auto seconds = [&](const char* member, Millis fallback, std::int64_t least,
                           std::int64_t most) {
    return Millis(1000 * in.integer_or(member, fallback.count() / 1000, least, most));
  };
  point.open_ttl = Millis(
      in.integer_or("open_ttl_ms", usual.open_ttl.count(), 100, AccessPoint::kLongestTtl.count()));
  point.pulse = seconds("pulse_s", usual.pulse, 1, 60);
  point.take_time = seconds("take_time_s", usual.take_time, 1, 120);
  point.open_too_long = seconds("open_too_long_s", usual.open_too_long, 5, 3600);
  point.fail_grace = seconds("fail_grace_s", usual.fail_grace, 5, 3600);
}

void check_fail_safe(JsonReader& in, const AccessPoint& point, const Devices& devices) {
  const auto gate = devices.find(point.gate);
  if (!point.fail_safe || gate == devices.end() || gate->second.interfaces.empty()) return;
  if (gate->second.offers("gate", "lock_open")) return;
  in.fault("fail", "gate '" + point.gate + "' cannot be held open: its plugin '" +
                       gate->second.plugin + "' does not offer lock_open; use secure");
}

AccessPoint read_access_point(JsonReader& in, const Devices& devices) {
  AccessPoint point;
  point.rules.id = read_name(in, "id");
  auto names = read_names(in, point.rules.id);
  point.name_en = std::move(names.en);
  point.name_zh = std::move(names.zh);
  point.rules.closed = in.boolean_or("closed", false);
  point.rules.exit = read_choice(in, "direction", "in", "out");
  read_lane(in, point);
  point.reader = read_device(in, "reader", "reader", devices);
  point.gate = read_device(in, "gate", "gate", devices);
  read_times(in, point);
  point.fail_safe = read_choice(in, "fail", "secure", "safe");
  const auto profiles = in.texts_or_empty("profiles");
  point.rules.profiles.insert(profiles.begin(), profiles.end());
  in.finish();
  check_fail_safe(in, point, devices);
  return point;
}

}  // namespace

std::vector<AccessPoint> read_access_points(const Json& points, const std::string& pointer,
                                            const Devices& devices,
                                            const access::AccessPolicy& policy, Faults& faults) {
  std::vector<AccessPoint> read;
  for (std::size_t i = 0; i < points.size(); ++i) {
    JsonReader in(points[i], pointer + "/" + std::to_string(i), faults);
    AccessPoint point = read_access_point(in, devices);
    for (const auto& other : read) {
      if (other.rules.id == point.rules.id) {
        in.fault("id", "'" + point.rules.id + "' is used twice");
      }
      if (other.reader == point.reader && !point.reader.empty()) {
        in.fault("reader", "'" + point.reader + "' already reads for '" + other.rules.id + "'");
      }
    }
    check_profiles(in, point.rules, policy);
    read.push_back(std::move(point));
  }
  return read;
}

}  // namespace xiaogate::site
