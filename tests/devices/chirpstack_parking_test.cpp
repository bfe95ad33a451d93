#include <gtest/gtest.h>

#include "parking_bay/parking_sensor.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

constexpr WallTime kNoon{Millis(1767225600000)};

Json options(const std::string& codec) {
  const ParkingOptions defaults;
  Json options{
      {"application", defaults.application}, {"dev_eui", defaults.dev_eui}, {"codec", codec}};
  if (codec == "generic") {
    options["pointer"] = "/parking/occupied";
    options["occupied"] = {true};
    options["free"] = {false};
  }
  return options;
}

class Bay : public testing::TestWithParam<const char*> {
 protected:
  // States that were told after an order, in order.
  std::vector<std::string> after(const std::vector<std::string>& order) {
    now_ += Millis(60000);
    return states(sensor_.order(order, now_).value());
  }
  std::vector<std::string> states(const Doings& doings) {
    std::vector<std::string> states;
    for (const auto& effect : plugin_.hear(doings)) {
      if (effect.name == "occupancy") states.push_back(parse_json(effect.data)->at("state"));
      if (effect.name == "fault") faults_.push_back(parse_json(effect.data)->at("kind"));
    }
    return states;
  }

  using States = std::vector<std::string>;
  InstalledPlugin plugin_{"bay-1", options(GetParam())};
  ParkingSensor sensor_{{.codec = GetParam()}};
  WallTime now_ = kNoon;
  States faults_;
};

TEST_P(Bay, IsOccupiedAndFree) {
  EXPECT_EQ(states(sensor_.connected(now_)), States{"free"});
  EXPECT_EQ(after({"occupy"}), States{"occupied"});
  EXPECT_EQ(after({"heartbeat"}), States{"occupied"});
  EXPECT_EQ(after({"free"}), States{"free"});
}

TEST_P(Bay, HearsADuplicateOnce) {
  EXPECT_EQ(after({"occupy"}), States{"occupied"});
  EXPECT_EQ(after({"duplicate"}), States{});
}

TEST_P(Bay, KnowsWhichUplinkWasTheLater) {
  EXPECT_EQ(after({"out-of-order"}), States{});
  EXPECT_EQ(after({"occupy"}), States{});
  EXPECT_EQ(after({"free"}), States{"free"});
  EXPECT_EQ(after({"occupy"}), States{"occupied"});
}

TEST_P(Bay, SurvivesTheSensorsRestart) {
  for (int i = 0; i < 40; ++i) after({"heartbeat"});
  sensor_.rebooted();
  now_ += Millis(1000);
  EXPECT_EQ(states(sensor_.connected(now_)), States{"free"});
  EXPECT_EQ(after({"occupy"}), States{"occupied"});
}

INSTANTIATE_TEST_SUITE_P(Codecs, Bay, testing::Values("tps110", "lw009", "generic"),
                         [](const auto& codec) { return std::string(codec.param); });

TEST(ParkingSensor, TellsOfItsBattery) {
  InstalledPlugin plugin("bay-1", options("lw009"));
  ParkingSensor sensor({.codec = "lw009"});
  const auto told = plugin.hear(sensor.order({"low-battery"}, kNoon).value());
  ASSERT_EQ(told.size(), 5U);
  EXPECT_EQ(told[1].data, R"({"millivolt":3561})");
  EXPECT_EQ(told[2].data, R"({"celsius":21.0})");
  EXPECT_EQ(parse_json(told[3].data)->at("kind"), "battery_low");
}

TEST(ParkingSensor, BeatsUntilItFallsSilent) {
  ParkingSensor sensor({.heartbeat = Millis(1000)});
  EXPECT_EQ(sensor.connected(kNoon).timers.at(0).in, Millis(1000));
  EXPECT_EQ(sensor.due("heartbeat", kNoon).publications.size(), 1U);
  EXPECT_LT(sensor.order({"silence", "on"}, kNoon).value().timers.at(0).in, Millis(0));
  EXPECT_FALSE(sensor.order({"park"}, kNoon).has_value());
}

TEST(ChirpstackParking, OptionsOfAnotherCodecAreFaults) {
  const auto manifest = host::load_manifest(XIAOGATE_PLUGIN).value();
  Json incomplete = options("generic");
  incomplete.erase("free");
  Json surplus = options("tps110");
  surplus["pointer"] = "/x";
  Json upper_case = options("tps110");
  upper_case["dev_eui"] = "AABBCCDDEEFF0011";
  for (const Json& one : {incomplete, surplus, upper_case, Json::object()}) {
    EXPECT_FALSE(host::check_options(manifest, one).has_value()) << one.dump();
  }
}

}  // namespace
}  // namespace xiaogate::devices
