#include <gtest/gtest.h>

#include "gate/tasmota_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

std::vector<PluginEffect> command(InstalledPlugin& plugin, TasmotaDevice& device,
                                  const std::string& action, std::uint64_t id) {
  auto told = plugin.converse(device, plugin.command(action, Json::object(), id));
  std::erase_if(told, [](const auto& effect) { return effect.kind == PluginEffectKind::put; });
  return told;
}

TEST(TasmotaDevice, IsGivenItsPulseWhenItComes) {
  InstalledPlugin plugin("gate-1", {{"topic", "t"}, {"pulse_s", 2}, {"door_switch", 1}});
  TasmotaDevice device("t");
  const auto told = plugin.converse(device, plugin.hear(device.connected(WallTime())));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].data, R"({"online":true})");
  EXPECT_EQ(told[1].data, R"({"open":false})");
  EXPECT_EQ(device.pulse_time(), 20);
  const auto done = device.message("cmnd/t/POWER1", "ON", WallTime());
  EXPECT_EQ(done.timers.at(0).in, Millis(2000));
  const auto will = device.last_will().value();
  EXPECT_EQ(plugin.message(will.topic, will.payload).at(0).data, R"({"online":false})");
}

// Even one that has never come to its broker before the eyes of this plugin.
TEST(TasmotaDevice, NoOpeningLastsForEver) {
  InstalledPlugin plugin("gate-1", {{"topic", "t"}, {"pulse_s", 15}});
  TasmotaDevice device("t");
  const auto told = command(plugin, device, "open", 12);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].name, "opened");
  EXPECT_EQ(told[0].data, R"({"command":12})");
  EXPECT_EQ(device.pulse_time(), 115);
  EXPECT_EQ(device.due("pulse", WallTime()).happened.at(0).at("what"), "relay_off");
}

TEST(TasmotaDevice, StaysOpenUntilItIsReleased) {
  InstalledPlugin plugin("gate-1", {{"topic", "t"}});
  TasmotaDevice device("t");
  EXPECT_EQ(command(plugin, device, "lock_open", 1).at(0).name, "opened");
  EXPECT_EQ(device.pulse_time(), 0);
  EXPECT_EQ(command(plugin, device, "open", 2).at(0).name, "opened");
  EXPECT_EQ(device.pulse_time(), 0);
  EXPECT_EQ(command(plugin, device, "lock_open_release", 3).at(0).name, "opened");
  EXPECT_EQ(device.pulse_time(), 10);
  EXPECT_EQ(command(plugin, device, "open", 4).at(0).name, "opened");
}

TEST(TasmotaDevice, TellsOfDoorAndExitButton) {
  InstalledPlugin plugin("gate-1", {{"topic", "t"}, {"door_switch", 1}, {"exit_switch", 2}});
  TasmotaDevice device("t");
  EXPECT_EQ(plugin.hear(device.order({"force"}, WallTime()).value()).at(0).data,
            R"({"open":true})");
  const auto exit = plugin.hear(device.order({"exit"}, WallTime()).value());
  ASSERT_EQ(exit.size(), 1U);
  EXPECT_EQ(exit[0].name, "exit_requested");
}

TEST(TasmotaDevice, HostileCommandsHarmNothing) {
  TasmotaDevice device("t");
  for (const char* payload : {"", ";", ";;; ;", "PulseTime1", "POWER1", "PulseTime1 99999999999",
                              "PulseTime1 -1; nonsense", "Backlog0 Backlog0"}) {
    device.message("cmnd/t/Backlog0", payload, WallTime());
    EXPECT_EQ(device.pulse_time(), 0) << payload;
  }
  EXPECT_TRUE(device.message("cmnd/u/POWER1", "ON", WallTime()).publications.empty());
}

}  // namespace
}  // namespace xiaogate::devices
