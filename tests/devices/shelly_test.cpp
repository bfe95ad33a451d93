#include <gtest/gtest.h>

#include "gate/shelly_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

TEST(ShellyDevice, OpensOnceAndSaysSo) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}, {"pulse_s", 0.5}});
  ShellyDevice device("p");
  const auto request = plugin.command("open", Json::object(), 12);
  ASSERT_EQ(request.size(), 1U);
  EXPECT_EQ(request[0].name, device.rpc_topic());

  const auto reaction = device.request(request[0].data, WallTime());
  ASSERT_TRUE(reaction.pulse.has_value());
  EXPECT_EQ(reaction.pulse->rpc_id, "12");
  EXPECT_EQ(reaction.pulse->ends_in, Millis(500));

  std::vector<PluginEffect> told;
  for (const auto& one : reaction.publications) {
    EXPECT_FALSE(one.retain);
    for (auto& effect : plugin.message(one.topic, one.payload)) told.push_back(effect);
  }
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].name, "opened");
  EXPECT_EQ(parse_json(told[0].data)->at("command"), 12);
  EXPECT_EQ(device.release(WallTime()).size(), 1U);
  EXPECT_TRUE(device.release(WallTime()).empty());
}

TEST(ShellyDevice, RefusesARelayThatItLacks) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}, {"switch", 3}});
  ShellyDevice device("p");
  const auto reaction =
      device.request(plugin.command("open", Json::object(), 5)[0].data, WallTime());
  EXPECT_FALSE(reaction.pulse.has_value());
  const auto& answer = reaction.publications.at(0);
  const auto told = plugin.message(answer.topic, answer.payload);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].name, "failed");
  EXPECT_EQ(parse_json(told[0].data)->at("code"), -105);
}

TEST(ShellyDevice, TellsOfItselfAndItsEnd) {
  InstalledPlugin plugin("gate-1", {{"prefix", "p"}});
  const ShellyDevice device("p");
  const auto born = device.connected().at(0);
  EXPECT_TRUE(born.retain);
  EXPECT_EQ(plugin.message(born.topic, born.payload).at(0).data, R"({"online":true})");
  const auto will = device.last_will();
  EXPECT_TRUE(will.retain);
  EXPECT_EQ(plugin.message(will.topic, will.payload).at(0).data, R"({"online":false})");
}

TEST(ShellyDevice, HostileRequestsGetNoAnswerOrAnError) {
  ShellyDevice device("p");
  for (const char* payload :
       {"", "[]", "{}", "{\"id\":1}", "\xff", R"({"id":1,"src":2,"method":3})"}) {
    EXPECT_TRUE(device.request(payload, WallTime()).publications.empty()) << payload;
  }
  for (const char* payload :
       {R"({"id":1,"src":"x","method":"Sys.Reboot"})",
        R"({"id":1,"src":"x","method":"Switch.Set"})",
        R"({"id":1,"src":"x","method":"Switch.Set","params":[]})",
        R"({"id":1,"src":"x","method":"Switch.Set","params":{"id":0,"on":1}})"}) {
    const auto reaction = device.request(payload, WallTime());
    ASSERT_EQ(reaction.publications.size(), 1U) << payload;
    EXPECT_TRUE(parse_json(reaction.publications[0].payload)->contains("error")) << payload;
    EXPECT_FALSE(reaction.pulse.has_value());
  }
}

}  // namespace
}  // namespace xiaogate::devices
