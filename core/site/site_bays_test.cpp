// Parking bays, by what their sensors tell.
#include "site/test_site.h"

namespace xiaogate::site {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Millis kDay = std::chrono::hours(24);

class BaysTest : public SiteTest {
 protected:
  BaysTest() {
    config.areas = {{.id = "yard",
                     .name_en = "Yard",
                     .name_zh = "院子",
                     .access_points = {},
                     .gates = {},
                     .fire_inputs = {}}};
    for (const std::string n : {"1", "2"}) {
      const std::string sensor = "sensor-" + n;
      config.devices[sensor] = {sensor, "lora", {{"parking_bay", {}}}, "{}", {"b" + n}, {}};
      Bay bay;
      bay.id = "bay-" + n;
      bay.sensor = sensor;
      bay.area = "yard";
      config.bays.push_back(bay);
    }
    restart({});
  }
  void occupancy(const std::string& state) { tell("sensor-1", "occupancy", {{"state", state}}); }
  std::string state(const std::string& bay) {
    return site->status(now.wall)["bays"][bay]["state"].get<std::string>();
  }
  std::string counts() { return site->status(now.wall)["areas"]["yard"]["bays"].dump(); }
};

TEST_F(BaysTest, ABayIsUnknownUntilItsSensorIsHeard) {
  EXPECT_EQ(counts(), R"({"free":0,"occupied":0,"unknown":2})");
  occupancy("occupied");
  ASSERT_THAT(kinds(), ElementsAre("bay_changed"));
  EXPECT_EQ(records[0].body, R"({"bay":"bay-1","state":"occupied","was":"unknown"})");
  EXPECT_EQ(counts(), R"({"free":0,"occupied":1,"unknown":1})");
}

TEST_F(BaysTest, WhatIsToldAgainLeavesNoTrace) {
  occupancy("free");
  records.clear();
  const auto due = site->next_deadline();
  now.mono += Millis(100);
  occupancy("free");
  tell("sensor-1", "alive", Json::object());
  EXPECT_THAT(kinds(), IsEmpty());
  EXPECT_THAT(last.writes, IsEmpty());
  EXPECT_EQ(site->next_deadline(), due);
}

TEST_F(BaysTest, ASilentSensorIsOneAlarmAndItsBayUnknown) {
  occupancy("free");
  records.clear();
  wait(kDay);
  tell("sensor-1", "alive", Json::object());
  wait(2 * kDay - Millis(1));
  EXPECT_EQ(state("bay-1"), "free");
  EXPECT_THAT(kinds(), ElementsAre("bay_silent")) << "bay 2, which was never heard";
  records.clear();
  wait(Millis(1));
  wait(kDay);
  EXPECT_THAT(kinds(), ElementsAre("bay_silent", "bay_changed"));
  EXPECT_EQ(state("bay-1"), "unknown");
  occupancy("free");
  EXPECT_THAT(kinds(), ElementsAre("bay_silent", "bay_changed", "bay_heard_again", "bay_changed"));
  records.clear();
  wait(2 * kDay);
  EXPECT_THAT(kinds(), ElementsAre("bay_silent", "bay_changed")) << "silence is told each time";
}

TEST_F(BaysTest, ARestartKeepsWhatIsNotTooOld) {
  occupancy("occupied");
  restart();
  EXPECT_EQ(state("bay-1"), "occupied");
  now.wall += 2 * kDay;  // it was off; the monotonic clock begins anew
  now.mono = MonoTime(Millis(5'000));
  restart();
  EXPECT_EQ(state("bay-1"), "unknown");
  ASSERT_FALSE(site->alarms().empty());
  EXPECT_EQ(site->alarms()[0]["kind"], "bay_silent");
}

TEST_F(BaysTest, FaultsAndBatteriesAreAlarmsThatEnd) {
  tell("sensor-1", "fault", {{"kind", "interference"}});
  tell("sensor-1", "fault", {{"kind", "interference"}});
  tell("sensor-1", "fault", {{"kind", "restarted"}});
  tell("sensor-1", "battery", {{"percent", 9}});
  tell("sensor-1", "battery", {{"percent", 15}});
  EXPECT_THAT(kinds(), ElementsAre("bay_fault", "bay_sensor_restarted", "bay_battery_low"));
  records.clear();
  occupancy("free");
  tell("sensor-1", "battery", {{"percent", 100}});
  EXPECT_THAT(kinds(), ElementsAre("bay_changed", "bay_fault_ended", "bay_battery_good"));
  EXPECT_TRUE(site->alarms().empty());
}

TEST_F(BaysTest, RidersHaveTheirHours) {
  const auto riders = [&](int utc_hour) {
    now.wall = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 6 / 1) +
                        std::chrono::hours(utc_hour));
    return site->status(now.wall)["bays"]["bay-1"]["riders"].get<bool>();
  };
  EXPECT_FALSE(riders(0));
  EXPECT_TRUE(riders(1));  // 09:00 in China
  EXPECT_FALSE(riders(12));
}

}  // namespace
}  // namespace xiaogate::site
