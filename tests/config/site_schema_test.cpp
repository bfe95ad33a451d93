// config/schema/site.schema.json and the reader say the same of every site configuration.
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "host/schema.h"
#include "site/config.h"
#include "tests/support/change.h"

namespace xiaogate {
namespace {

Json read(const std::string& file) {
  std::ifstream in(std::string(XIAOGATE_SOURCE) + "/" + file);
  std::ostringstream text;
  text << in.rdbuf();
  return parse_json(text.str()).value();
}

// Each device implements whatever is asked of it, so that only shapes count.
class AnyPlugin : public site::PluginCatalogue {
 public:
  std::vector<std::string> names() const override { return {"shelly", "reader", "any"}; }
  Fit fit(const std::string&, const std::string&, const Json&,
          std::vector<std::string>&) const override {
    return {};
  }
};

std::string refusal(const Json& config) {
  const auto read = site::parse_site_config(config.dump(), "x", AnyPlugin(), {});
  return read ? "" : read.error().text;
}

Json good() {
  return parse_json(R"({
    "gateway": "gw-0123456789abcdef", "region": "hangzhou", "device_broker": "mqtt://127.0.0.1",
    "policy": {"special_days": [{"from": "2026-10-01", "as": "holiday"}], "banned": ["r-1"],
               "profiles": [{"name": "day", "hours": [{"from": "06:00", "to": "22:00"}]}]},
    "devices": [{"id": "gate", "plugin": "any"}, {"id": "reader", "plugin": "any"},
                {"id": "reader-2", "plugin": "any"}, {"id": "reader-3", "plugin": "any"}],
    "access_points": [{"id": "north", "reader": "reader", "gate": "gate"},
                      {"id": "south", "reader": "reader-2", "gate": "gate", "direction": "out"}],
    "areas": [{"id": "court", "access_points": ["north", "south"]}],
    "cabinets": [{"id": "swap", "reader": "reader-3", "cabinet": "gate"}],
    "bays": [{"id": "bay-1", "sensor": "gate"}]
  })")
      .value();
}

std::vector<test::Change> corpus() {
  return {
      {"/gateway", nullptr, false},
      {"/gateway", "gw-0123456789ABCDEF", false},
      {"/gateway", 1, false},
      {"/region", "Hangzhou", false},
      {"/region", nullptr, false},
      {"/device_broker", "http://127.0.0.1", false},
      {"/hub_broker", "mqtt://127.0.0.1:1884", true},
      {"/hub_broker", "ssl://127.0.0.1", false},
      {"/colour", "red", false},
      {"/policy", nullptr, true},
      {"/policy", Json::array(), false},
      {"/policy/colour", "red", false},
      {"/policy/freshness_s", 20, true},
      {"/policy/freshness_s", 300, true},
      {"/policy/freshness_s", 19, false},
      {"/policy/freshness_s", 301, false},
      {"/policy/freshness_s", "60", false},
      {"/policy/utc_offset_min", -720, true},
      {"/policy/utc_offset_min", 841, false},
      {"/policy/special_days/0/to", "2026-10-07", true},
      {"/policy/special_days/0/to", "7 October", false},
      {"/policy/special_days/0/from", nullptr, false},
      {"/policy/special_days/0/from", "2026-13-01", false},
      {"/policy/special_days/0/as", "sun", true},
      {"/policy/special_days/0/as", "someday", false},
      {"/policy/special_days/0/as", nullptr, false},
      {"/policy/special_days/0/name", "x", false},
      {"/policy/banned/1", {{"subject", "r-2"}, {"last_day", "2026-12-31"}}, true},
      {"/policy/banned/1", {{"subject", "r-2"}}, true},
      {"/policy/banned/1", {{"last_day", "2026-12-31"}}, false},
      {"/policy/banned/1", {{"subject", "r-2"}, {"until", "2026-12-31"}}, false},
      {"/policy/banned/1", 7, false},
      {"/policy/profiles/0/name", nullptr, false},
      {"/policy/profiles/0/name", "a b", false},
      {"/policy/profiles/0/hours/0/days", {"mon", "holiday"}, true},
      {"/policy/profiles/0/hours/0/days", Json::array(), false},
      {"/policy/profiles/0/hours/0/days", {"monday"}, false},
      {"/policy/profiles/0/hours/0/from", "24:00", false},
      {"/policy/profiles/0/hours/0/from", "6:00", false},
      {"/policy/profiles/0/hours/0/from", nullptr, false},
      {"/policy/profiles/0/hours/0/to", "23:59", true},
      {"/policy/profiles/0/hours/0/first_day", "2026-11-01", true},
      {"/policy/profiles/0/hours/0/last_day", "tomorrow", false},
      {"/policy/profiles/0/hours/0/colour", 1, false},
      {"/policy/profiles/0/areas", {"court"}, true},
      {"/policy/profiles/0/areas", "court", false},
      {"/policy/profiles/0/vehicles", {"foot", "e_bike"}, true},
      {"/policy/profiles/0/vehicles", {"boat"}, false},
      {"/devices", nullptr, false},
      {"/devices/0/id", "", false},
      {"/devices/0/id", "Gate", false},
      {"/devices/0/options", {{"x", 1}}, true},
      {"/devices/0/options", 1, false},
      {"/devices/0/plugin", nullptr, false},
      {"/devices/0/topic", "x", false},
      {"/access_points", nullptr, false},
      {"/access_points/0/name_zh", "北门", true},
      {"/access_points/0/name_zh", 1, false},
      {"/access_points/0/closed", true, true},
      {"/access_points/0/closed", "yes", false},
      {"/access_points/0/direction", "in", true},
      {"/access_points/0/direction", "up", false},
      {"/access_points/0/lane", "e_bike", true},
      {"/access_points/0/lane", "water", false},
      {"/access_points/0/open_ttl_ms", 99, false},
      {"/access_points/0/open_ttl_ms", 30'000, true},
      {"/access_points/0/pulse_s", 61, false},
      {"/access_points/0/take_time_s", 120, true},
      {"/access_points/0/open_too_long_s", 4, false},
      {"/access_points/0/fail", "safe", true},
      {"/access_points/0/fail", "open", false},
      {"/access_points/0/fail_grace_s", 5, true},
      {"/access_points/0/profiles", {"day"}, true},
      {"/access_points/0/profiles", {1}, false},
      {"/access_points/0/reader", nullptr, false},
      {"/access_points/0/gate", nullptr, false},
      {"/access_points/0/colour", 1, false},
      {"/areas", nullptr, true},
      {"/areas/0/id", nullptr, false},
      {"/areas/0/id", "site", false},
      {"/areas/0/fire_inputs", 1, false},
      {"/areas/0/anti_passback", true, true},
      {"/areas/0/anti_passback", 1, false},
      {"/areas/0/capacity", 100'000, true},
      {"/areas/0/capacity", 0, false},
      {"/areas/0/forget_after_h", 169, false},
      {"/areas/0/colour", 1, false},
      {"/development_plugins", true, true},
      {"/development_plugins", "no", false},
      {"/cabinets/0/min_charge", 100, true},
      {"/cabinets/0/min_charge", 101, false},
      {"/cabinets/0/step_s", 9, false},
      {"/cabinets/0/cabinet", nullptr, false},
      {"/bays/0/heartbeat_s", 10, true},
      {"/bays/0/heartbeat_s", 9, false},
      {"/bays/0/area", "court", true},
      {"/bays/0/hours", {{"from", "06:00"}, {"to", "22:00"}}, true},
      {"/bays/0/hours", {{"from", "06:00"}}, false},
      {"/bays/0/sensor", nullptr, false},
  };
}

TEST(SiteSchema, AgreesWithTheReader) {
  const auto schema = host::Schema::compile(read("config/schema/site.schema.json"));
  ASSERT_TRUE(schema.has_value()) << schema.error().text;
  ASSERT_EQ(refusal(good()), "");
  ASSERT_THAT(schema->faults(good()), testing::IsEmpty());
  for (const auto& change : corpus()) {
    const auto& [pointer, value, still_good] = change;
    const Json config = change.of(good());
    EXPECT_EQ(refusal(config).empty(), still_good) << pointer << " " << value << refusal(config);
    EXPECT_EQ(schema->accepts(config), still_good) << pointer << " " << value;
  }
}

// A reader that learns a member lists it when another is misspelt: the schema must know it too.
TEST(SiteSchema, KnowsEveryMemberThatTheReaderAsksFor) {
  const Json schema = read("config/schema/site.schema.json");
  const std::vector<std::pair<const char*, const char*>> objects{
      {"", ""},
      {"/policy", "/properties/policy"},
      {"/policy/profiles/0", "/properties/policy/properties/profiles/items"},
      {"/policy/profiles/0/hours/0", "/definitions/window"},
      {"/policy/special_days/0", "/properties/policy/properties/special_days/items"},
      {"/devices/0", "/properties/devices/items"},
      {"/access_points/0", "/properties/access_points/items"},
      {"/areas/0", "/properties/areas/items"},
      {"/cabinets/0", "/properties/cabinets/items"},
      {"/bays/0", "/properties/bays/items"},
  };
  for (const auto& [pointer, of_schema] : objects) {
    Json config = good();
    config[Json::json_pointer(std::string(pointer) + "/misspelt")] = 1;
    const std::string told = refusal(config);
    const std::string marker = "options here: ";
    const auto begin = told.find(marker);
    ASSERT_NE(begin, std::string::npos) << pointer << ": " << told;
    std::istringstream listed(told.substr(begin + marker.size(), told.find('\n', begin)));
    const Json& known = schema.at(Json::json_pointer(of_schema)).at("properties");
    std::size_t count = 0;
    for (std::string member; std::getline(listed >> std::ws, member, ',');) {
      ++count;
      EXPECT_TRUE(known.contains(member)) << pointer << "/" << member << " is not in the schema";
    }
    EXPECT_GE(count, 3U) << pointer << ": " << told;
  }
}

TEST(SiteSchema, AcceptsTheDemo) {
  const auto schema = host::Schema::compile(read("config/schema/site.schema.json")).value();
  const Json demo = read("config/demo/site.json");
  EXPECT_THAT(schema.faults(demo), testing::IsEmpty());
  EXPECT_EQ(refusal(demo), "");
}

}  // namespace
}  // namespace xiaogate
