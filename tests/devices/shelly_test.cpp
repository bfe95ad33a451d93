#include <gtest/gtest.h>

#include "gate/shelly_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

// What the device answers to the plugin's command.
Doings carry(InstalledPlugin& plugin, ShellyDevice& device, const std::string& action,
             std::uint64_t id, std::size_t effects = 1) {
  const auto request = plugin.command(action, Json::object(), id);
  EXPECT_EQ(request.size(), effects);
  EXPECT_EQ(request.back().name, device.rpc_topic());
  return device.message(request.back().name, request.back().data, WallTime());
}

TEST(ShellyDevice, OpensOnceAndSaysSo) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}, {"pulse_s", 0.5}});
  ShellyDevice device("p");
  const auto done = carry(plugin, device, "open", 12);
  EXPECT_EQ(
      done.happened.at(0),
      Json({{"what", "relay_on"}, {"for_ms", 500}, {"rpc", 12}, {"source", "xiaogate/gate-1"}}));
  ASSERT_EQ(done.timers.size(), 1U);
  EXPECT_EQ(done.timers[0].in, Millis(500));
  for (const auto& one : done.publications) EXPECT_FALSE(one.retain);

  const auto told = plugin.hear(done);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].name, "opened");
  EXPECT_EQ(parse_json(told[0].data)->at("command"), 12);
  EXPECT_EQ(device.due("pulse", WallTime()).publications.size(), 1U);
  EXPECT_TRUE(device.due("pulse", WallTime()).publications.empty());
}

TEST(ShellyDevice, ASecondOpeningExtendsThePulse) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}});
  ShellyDevice device("p");
  carry(plugin, device, "open", 1);
  const auto again = carry(plugin, device, "open", 2);
  ASSERT_EQ(again.timers.size(), 1U);  // the same name: it replaces the first
  EXPECT_EQ(again.timers[0].name, "pulse");
  EXPECT_EQ(again.timers[0].in, Millis(1000));
  EXPECT_EQ(plugin.hear(again).at(0).name, "opened");
}

TEST(ShellyDevice, StaysOpenUntilItIsReleased) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}});
  ShellyDevice device("p");
  const auto locked = carry(plugin, device, "lock_open", 3, 2);
  EXPECT_LT(locked.timers.at(0).in, Millis(0));  // no pulse
  EXPECT_EQ(plugin.hear(locked).at(0).name, "opened");
  EXPECT_LT(carry(plugin, device, "open", 4).timers.at(0).in, Millis(0));
  EXPECT_EQ(carry(plugin, device, "lock_open_release", 5, 2).happened.at(0).at("what"),
            "relay_off");
  EXPECT_EQ(carry(plugin, device, "open", 6).timers.at(0).in, Millis(1000));
}

TEST(ShellyDevice, RefusesARelayThatItLacks) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}, {"switch", 3}});
  ShellyDevice device("p");
  const auto done = carry(plugin, device, "open", 5);
  EXPECT_TRUE(done.happened.empty());
  const auto told = plugin.hear(done);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].name, "failed");
  EXPECT_EQ(parse_json(told[0].data)->at("code"), -105);
}

TEST(ShellyDevice, TellsOfItselfAndItsEnd) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}, {"input", 0}});
  ShellyDevice device("p");
  const auto born = device.connected(WallTime());
  EXPECT_TRUE(born.publications.at(0).retain);
  const auto told = plugin.converse(device, plugin.hear(born));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].data, R"({"online":true})");
  EXPECT_EQ(told[1].data, R"({"open":false})");
  const auto will = device.last_will().value();
  EXPECT_TRUE(will.retain);
  EXPECT_EQ(plugin.message(will.topic, will.payload).at(0).data, R"({"online":false})");
}

TEST(ShellyDevice, ItsDoorOpensByForceByHandOrForSomebody) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}, {"input", 0}});
  ShellyDevice device("p");
  EXPECT_EQ(plugin.hear(device.order({"force"}, WallTime()).value()).at(0).data,
            R"({"open":true})");
  EXPECT_EQ(plugin.hear(device.order({"door", "close"}, WallTime()).value()).at(0).data,
            R"({"open":false})");
  device.let_pass(true);
  carry(plugin, device, "open", 1);
  EXPECT_EQ(plugin.hear(device.due("push", WallTime())).at(0).data, R"({"open":true})");
  device.order({"stuck", "on"}, WallTime()).value();
  EXPECT_TRUE(device.due("fall", WallTime()).publications.empty());
  EXPECT_FALSE(device.order({"dance"}, WallTime()).has_value());
}

TEST(ShellyDevice, HostileRequestsGetNoAnswerOrAnError) {
  ShellyDevice device("p");
  for (const char* payload :
       {"", "[]", "{}", "{\"id\":1}", "\xff", R"({"id":1,"src":2,"method":3})"}) {
    EXPECT_TRUE(device.message("p/rpc", payload, WallTime()).publications.empty()) << payload;
  }
  for (const char* payload :
       {R"({"id":1,"src":"x","method":"Sys.Reboot"})",
        R"({"id":1,"src":"x","method":"Switch.Set"})",
        R"({"id":1,"src":"x","method":"Switch.Set","params":[]})",
        R"({"id":1,"src":"x","method":"Switch.Set","params":{"id":0,"on":1}})"}) {
    const auto done = device.message("p/rpc", payload, WallTime());
    ASSERT_EQ(done.publications.size(), 1U) << payload;
    EXPECT_TRUE(parse_json(done.publications[0].payload)->contains("error")) << payload;
    EXPECT_TRUE(done.happened.empty());
  }
}

}  // namespace
}  // namespace xiaogate::devices
