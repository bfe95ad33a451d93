#include "site/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xiaogate::site {
namespace {

using testing::HasSubstr;

// Two plugins: a gate that wants a text option "prefix", and a reader without options.
class FakePlugins : public PluginCatalogue {
 public:
  std::vector<std::string> names() const override { return {"lamp", "wand"}; }
  Fit fit(const std::string& plugin, const std::string& device, const Json& options,
          std::vector<std::string>& faults) const override {
    if (plugin == "wand") return {"{}", {{"reader", {}}}, {"wand/" + device}, {}};
    if (!options.contains("prefix")) {
      faults.emplace_back("/prefix: missing");
      return {};
    }
    std::vector<std::string> offered;
    if (options.contains("door")) offered.emplace_back("door");
    return {canonical(options),
            {{"gate", offered}},
            {},
            {options["prefix"].get<std::string>() + "/rpc"}};
  }
};

Json demo() {
  return *parse_json(R"({
    "gateway": "gw-0123456789abcdef", "region": "hangzhou", "device_broker": "mqtt://127.0.0.1:1883",
    "devices": [{"id": "gate-1", "plugin": "lamp", "options": {"prefix": "p1"}},
                {"id": "gate-2", "plugin": "lamp", "options": {"prefix": "p2"}},
                {"id": "reader-1", "plugin": "wand"}],
    "access_points": [{"id": "north", "reader": "reader-1", "gate": "gate-1"}]})");
}

Result<SiteConfig> parse(const Json& json) {
  return parse_site_config(json.dump(), "site.json", FakePlugins(), {});
}

std::string refusal(const Json& json) {
  const auto config = parse(json);
  return config ? "accepted" : config.error().text;
}

TEST(SiteConfig, ReadsDevicesPointsAndDefaults) {
  const auto config = parse(demo());
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->devices.size(), 3U);
  EXPECT_EQ(config->devices.at("gate-2").publish, std::vector<std::string>{"p2/rpc"});
  ASSERT_EQ(config->access_points.size(), 1U);
  EXPECT_EQ(config->access_points[0].name_zh, "north");
  EXPECT_EQ(config->access_points[0].open_ttl, Millis(3000));
  EXPECT_EQ(config->policy.freshness, Millis(60'000));
  EXPECT_TRUE(config->hub_broker.empty());
}

TEST(SiteConfig, NamesTheMissingDeviceAndThoseThereAre) {
  Json json = demo();
  json["access_points"][0]["gate"] = "gate-3";
  EXPECT_EQ(refusal(json),
            "site.json: /access_points/0/gate: no device 'gate-3'; devices here: gate-1, gate-2, "
            "reader-1");
}

TEST(SiteConfig, TellsAllFaultsAtOnce) {
  Json json = demo();
  json["gateway"] = "gate";
  json["devices"][0]["options"] = Json::object();
  json["devices"][1]["plugin"] = "tube";
  json["access_points"][0]["gate"] = "reader-1";
  json["colour"] = "red";
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("site.json: /gateway: must be 'gw-'"));
  EXPECT_THAT(text, HasSubstr("site.json: /devices/0/options/prefix: missing"));
  EXPECT_THAT(text, HasSubstr("/devices/1/plugin: no plugin 'tube'; plugins here: lamp, wand"));
  EXPECT_THAT(text, HasSubstr("/access_points/0/gate: device 'reader-1' is no gate; its plugin "
                              "'wand' implements: reader"));
  EXPECT_THAT(text, HasSubstr("/colour: not an option; options here: gateway, region,"));
}

TEST(SiteConfig, RefusesWhatIsUsedTwice) {
  Json json = demo();
  json["devices"][1]["id"] = "gate-1";
  json["access_points"].push_back(json["access_points"][0]);
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("/devices/1/id: 'gate-1' is used twice"));
  EXPECT_THAT(text, HasSubstr("/access_points/1/id: 'north' is used twice"));
  EXPECT_THAT(text, HasSubstr("/access_points/1/reader: 'reader-1' already reads for 'north'"));
}

TEST(SiteConfig, ReadsProfilesWithHours) {
  Json json = demo();
  json["policy"] = *parse_json(R"({"freshness_s": 30, "banned": ["r-1"], "profiles": [
      {"name": "rider.gate", "hours": [{"days": ["mon", "sun"], "from": "22:30", "to": "06:00"}]}]})");
  json["access_points"][0]["profiles"] = {"rider.gate"};
  const auto config = parse(json);
  ASSERT_TRUE(config) << config.error().text;
  const auto& hours = config->policy.profiles.at("rider.gate").hours;
  ASSERT_EQ(hours.size(), 1U);
  EXPECT_EQ(hours[0].days, 0x41);
  EXPECT_EQ(hours[0].from, 22 * 60 + 30);
  EXPECT_EQ(hours[0].to, 6 * 60);
  EXPECT_TRUE(config->policy.banned.contains("r-1"));
}

TEST(SiteConfig, RefusesWrongPolicies) {
  Json json = demo();
  json["policy"] = *parse_json(R"({"freshness_s": 10, "banned": [1], "profiles": [
      {"name": "a b", "hours": [{"days": ["today"], "from": "24:00", "to": "6:00"}]}]})");
  json["access_points"][0]["profiles"] = {"rider.gate"};
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("/policy/freshness_s: must be a whole number from 20 to 300"));
  EXPECT_THAT(text, HasSubstr("/policy/banned/0: must be a text, or an object"));
  EXPECT_THAT(text, HasSubstr("/policy/profiles/0/name: must be a scope name without blanks"));
  EXPECT_THAT(text, HasSubstr("/policy/profiles/0/hours/0/days: must be an array of mon"));
  EXPECT_THAT(text, HasSubstr("/policy/profiles/0/hours/0/from: must be a time like 09:00"));
  EXPECT_THAT(text, HasSubstr("/policy/profiles/0/hours/0/to: must be a time like 09:00"));
  EXPECT_THAT(text, HasSubstr("/access_points/0/profiles: no profile 'rider.gate'"));
}

// Two gates of one area, of which the second leads out.
Json court() {
  Json json = demo();
  json["devices"].push_back({{"id", "reader-2"}, {"plugin", "wand"}});
  json["access_points"].push_back(
      {{"id", "south"}, {"reader", "reader-2"}, {"gate", "gate-2"}, {"direction", "out"}});
  json["areas"] = *parse_json(R"([{"id": "court", "access_points": ["north", "south"]}])");
  return json;
}

std::chrono::local_days date(unsigned month, unsigned day) {
  return std::chrono::local_days(std::chrono::year(2026) / month / day);
}

TEST(SiteConfig, ReadsDaysOfTheCalendar) {
  Json json = demo();
  json["policy"] = *parse_json(R"({
      "special_days": [{"from": "2026-10-01", "to": "2026-10-07", "as": "holiday"},
                       {"from": "2026-10-10", "as": "mon"}],
      "banned": ["r-1", {"subject": "r-2", "last_day": "2026-10-03"}, {"subject": "r-3"}],
      "profiles": [{"name": "rider.gate", "hours": [
          {"days": ["holiday"], "from": "10:00", "to": "18:00", "first_day": "2026-10-02",
           "last_day": "2026-10-02"}]}]})");
  const auto config = parse(json);
  ASSERT_TRUE(config) << config.error().text;
  const auto& calendar = config->policy.calendar;
  EXPECT_EQ(calendar.special_days.size(), 8U);
  EXPECT_EQ(calendar.kind_of(date(10, 7)), access::kHoliday);
  EXPECT_EQ(calendar.kind_of(date(10, 10)), 0);
  EXPECT_EQ(calendar.kind_of(date(10, 8)), 3) << "a Thursday";
  EXPECT_EQ(config->policy.banned.at("r-2").last_day, date(10, 3));
  EXPECT_FALSE(config->policy.banned.at("r-3").last_day.has_value());
  const auto& window = config->policy.profiles.at("rider.gate").hours.at(0);
  EXPECT_EQ(window.days, 0x80);
  EXPECT_EQ(window.first_day, date(10, 2));
  EXPECT_EQ(window.last_day, date(10, 2));
}

TEST(SiteConfig, RefusesDaysThatAreNone) {
  Json json = demo();
  json["policy"] = *parse_json(R"({
      "special_days": [{"from": "2026-02-29", "as": "holiday"}, {"from": "2026-10-02", "as": "day"},
                       {"from": "2026-10-02", "to": "2026-10-01", "as": "sun"},
                       {"from": "2026-05-01", "as": "sun"}, {"from": "2026-05-01", "as": "mon"}],
      "banned": [{"last_day": "soon"}],
      "profiles": [{"name": "a", "hours": [{"from": "10:00", "to": "18:00",
                    "first_day": "2026-10-02", "last_day": "2026-10-01"}]}]})");
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("/policy/special_days/0/from: must be a date like 2026-10-01"));
  EXPECT_THAT(text, HasSubstr("/policy/special_days/1/as: must be one of mon,"));
  EXPECT_THAT(text, HasSubstr("/policy/special_days/2/to: must not be before 'from'"));
  EXPECT_THAT(text, HasSubstr("/policy/special_days/4/from: one of these days is in another"));
  EXPECT_THAT(text, HasSubstr("/policy/banned/0/subject: "));
  EXPECT_THAT(text, HasSubstr("/policy/banned/0/last_day: must be a date like"));
  EXPECT_THAT(text, HasSubstr("/policy/profiles/0/hours/0/last_day: must not be before first_day"));
}

TEST(SiteConfig, AsksForTheTimeZoneOnce) {
  Json json = demo();
  json["policy"] = {{"time_zone", "Asia/Kathmandu"}};
  EXPECT_THAT(refusal(json), HasSubstr("/policy/time_zone: no time zones are known here"));
  std::vector<std::string> asked;
  const auto zones = [&](const std::string& name) -> Result<std::string> {
    asked.push_back(name);
    // A version 2 file without transitions, of one type, 5:45 ahead.
    const std::string counts("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0", 24);
    const std::string header = "TZif2" + std::string(15, '\0') + counts;
    const std::string type("\0\0\x50\xdc\0\0", 6);
    return header + type + header + type + "\n<+0545>-5:45\n";
  };
  const auto config = parse_site_config(json.dump(), "site.json", FakePlugins(), zones);
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->policy.calendar.zone.offset_at({}), std::chrono::minutes(345));
  EXPECT_EQ(asked, std::vector<std::string>{"Asia/Kathmandu"});
  json["policy"]["utc_offset_min"] = 480;
  EXPECT_THAT(refusal(json), HasSubstr("/policy/utc_offset_min: stands beside time_zone"));
}

TEST(SiteConfig, ReadsWhereAndForWhatAProfileHolds) {
  Json json = court();
  json["policy"] = *parse_json(
      R"({"profiles": [{"name": "a", "areas": ["court"], "vehicles": ["foot", "e_bike"]}]})");
  json["access_points"][0]["lane"] = "e_bike";
  const auto config = parse(json);
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_TRUE(config->policy.profiles.at("a").areas.contains("court"));
  EXPECT_EQ(config->policy.profiles.at("a").vehicles.size(), 2U);
  EXPECT_EQ(config->access_points[0].rules.lane, access::Vehicle::e_bike);
  EXPECT_TRUE(config->access_points[0].rules.areas.contains("court"));
  EXPECT_FALSE(config->access_points[1].rules.lane.has_value());
  EXPECT_TRUE(config->policy.areas.empty()) << "the area has no rules";
  json["policy"]["profiles"][0] = {{"name", "a"}, {"areas", {"yard"}}, {"vehicles", {"boat"}}};
  json["access_points"][0]["lane"] = "water";
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("/policy/profiles: 'a' names no area of /areas: 'yard'"));
  EXPECT_THAT(text, HasSubstr("/policy/profiles/0/vehicles: must be an array of foot, e_bike"));
  EXPECT_THAT(text, HasSubstr("/access_points/0/lane: must be foot, e_bike or all, not 'water'"));
}

TEST(SiteConfig, CountsOnlyWhereLeavingIsSeen) {
  Json json = court();
  json["areas"][0]["capacity"] = 3;
  EXPECT_THAT(refusal(json), HasSubstr("/areas/0/capacity: gate 'gate-1' tells neither its door"));
  json["devices"][0]["options"]["door"] = true;
  const auto config = parse(json);
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_EQ(config->policy.areas.at("court").capacity, 3U);
  EXPECT_EQ(config->policy.areas.at("court").forget_after, std::chrono::hours(12));
  json["areas"][0] = {
      {"id", "court"}, {"access_points", {"north"}}, {"anti_passback", true}, {"capacity", 0}};
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("/areas/0/anti_passback: needs an access point of direction out"));
  EXPECT_THAT(text, HasSubstr("/areas/0/capacity: must be a whole number from 1 to 100000"));
}

TEST(SiteConfig, ADeviceWithWrongOptionsIsOneFaultNotTwo) {
  Json json = demo();
  json["devices"][0]["options"] = Json::object();
  EXPECT_EQ(refusal(json), "site.json: /devices/0/options/prefix: missing");
}

TEST(SiteConfig, ADeviceWithoutItsPluginIsOneFaultNotTwo) {
  Json json = demo();
  json["devices"][0]["plugin"] = "tube";
  EXPECT_EQ(refusal(json),
            "site.json: /devices/0/plugin: no plugin 'tube'; plugins here: lamp, wand");
}

TEST(SiteConfig, ProfilesOfAnAccessPointAreAList) {
  Json json = demo();
  json["access_points"][0]["profiles"] = "rider.gate";
  EXPECT_EQ(refusal(json), "site.json: /access_points/0/profiles: must be an array");
  json["access_points"][0].erase("profiles");
  json["policy"] = *parse_json(R"({"profiles": [{"name": "a"}, {"name": "a"}]})");
  EXPECT_EQ(refusal(json), "site.json: /policy/profiles/1/name: 'a' is used twice");
}

TEST(SiteConfig, ReadsDirectionAndTimesOfAnAccessPoint) {
  Json json = demo();
  EXPECT_EQ(parse(json)->access_points[0].take_time, Millis(15'000));
  EXPECT_EQ(parse(json)->access_points[0].open_too_long, Millis(30'000));
  json["access_points"][0]["direction"] = "out";
  json["access_points"][0]["open_too_long_s"] = 60;
  EXPECT_TRUE(parse(json)->access_points[0].rules.exit);
  EXPECT_EQ(parse(json)->access_points[0].open_too_long, Millis(60'000));
  json["access_points"][0]["direction"] = "up";
  json["access_points"][0]["take_time_s"] = 0;
  json["access_points"][0]["fail"] = "safe";
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("/access_points/0/direction: must be in or out, not 'up'"));
  EXPECT_THAT(text,
              HasSubstr("/access_points/0/take_time_s: must be a whole number from 1 to 120"));
  EXPECT_THAT(text,
              HasSubstr("/access_points/0/fail: gate 'gate-1' cannot be held open: its plugin "
                        "'lamp' does not offer lock_open; use secure"));
}

TEST(SiteConfig, ReadsAreas) {
  Json json = demo();
  json["areas"] = *parse_json(R"([{"id": "yard", "access_points": ["north"]}])");
  ASSERT_TRUE(parse(json)) << refusal(json);
  EXPECT_EQ(parse(json)->areas[0].gates, std::vector<std::string>{"gate-1"});
  json["areas"] =
      *parse_json(R"([{"id": "yard", "access_points": ["south"], "fire_inputs": ["gate-1", "x"]},
                                  {"id": "yard"}])");
  const std::string text = refusal(json);
  EXPECT_THAT(text, HasSubstr("/areas/0/access_points/0: no access point 'south'; access points "
                              "here: north"));
  EXPECT_THAT(text, HasSubstr("/areas/0/fire_inputs/0: device 'gate-1' is no alarm_input; its "
                              "plugin 'lamp' implements: gate"));
  EXPECT_THAT(text, HasSubstr("/areas/0/fire_inputs/1: no device 'x'"));
  EXPECT_THAT(text, HasSubstr("/areas/1/id: 'yard' is used twice"));
}

TEST(SiteConfig, RefusesAnythingElse) {
  for (const char* text : {"", "[]", "{", "null", "\"x\"", "{\"gateway\": 7}", "\xff\xfe"}) {
    const auto config = parse_site_config(text, "site.json", FakePlugins(), {});
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, "config.invalid");
    EXPECT_THAT(config.error().text, testing::StartsWith("site.json: "));
  }
}

}  // namespace
}  // namespace xiaogate::site
