#include <gtest/gtest.h>

#include "gate/shelly_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

TEST(ShellyInput, TellsOfTheContactAndAsksWhenItComesBack) {
  InstalledPlugin plugin("fire-1", {{"prefix", "p"}, {"active_when", false}});
  ShellyDevice device("p");
  device.order({"door", "open"}, WallTime()).value();  // while it was away: input 0 reads true
  const auto told = plugin.converse(device, plugin.hear(device.connected(WallTime())));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].data, R"({"online":true})");
  EXPECT_EQ(told[1].data, R"({"active":false})");
  const auto raised = plugin.hear(device.order({"door", "close"}, WallTime()).value());
  ASSERT_EQ(raised.size(), 1U);
  EXPECT_EQ(raised[0].name, "input");
  EXPECT_EQ(raised[0].data, R"({"active":true})");
}

}  // namespace
}  // namespace xiaogate::devices
