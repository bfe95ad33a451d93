#include <gtest/gtest.h>

#include "gate/native_gate_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

TEST(NativeGateDevice, OpensAndTellsWhoPassed) {
  InstalledPlugin plugin("gate-1", Json::object());
  NativeGateDevice device("gate-1", Millis(700));
  device.let_pass(true);
  plugin.hear(device.connected(WallTime()));
  const auto request = plugin.command("open", Json::object(), 12).at(0);
  const auto done = device.message(request.name, request.data, WallTime());
  EXPECT_EQ(done.timers.at(0).in, Millis(700));
  EXPECT_EQ(plugin.hear(done).at(0).data, R"({"command":12})");
  const auto passing = plugin.hear(device.due("push", WallTime()));
  ASSERT_EQ(passing.size(), 2U);
  EXPECT_EQ(passing[0].name, "passed");
  EXPECT_EQ(passing[0].data, R"({"command":12})");
  EXPECT_EQ(passing[1].data, R"({"open":true})");
}

TEST(NativeGateDevice, TellsWhenNobodyPassed) {
  InstalledPlugin plugin("gate-1", Json::object());
  NativeGateDevice device("gate-1", Millis(700));
  plugin.converse(device, plugin.command("open", Json::object(), 12));
  const auto over = plugin.hear(device.due("pulse", WallTime()));
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].name, "not_passed");
}

TEST(NativeGateDevice, StaysOpenUntilItIsReleased) {
  InstalledPlugin plugin("gate-1", Json::object());
  NativeGateDevice device("gate-1", Millis(700));
  std::uint64_t id = 0;
  for (const char* action : {"lock_open", "lock_open_release"}) {
    const auto told = plugin.converse(device, plugin.command(action, Json::object(), ++id));
    ASSERT_EQ(told.size(), 1U) << action;
    EXPECT_EQ(told[0].name, "opened");
  }
}

TEST(NativeGateDevice, TellsOfItselfAndItsEnd) {
  InstalledPlugin plugin("gate-1", Json::object());
  NativeGateDevice device("gate-1", Millis(700));
  EXPECT_EQ(plugin.hear(device.connected(WallTime())).size(), 2U);
  EXPECT_EQ(plugin.hear(device.order({"exit"}, WallTime()).value()).at(0).name, "exit_requested");
  const auto will = device.last_will().value();
  EXPECT_EQ(plugin.message(will.topic, will.payload).at(0).data, R"({"online":false})");
}

}  // namespace
}  // namespace xiaogate::devices
