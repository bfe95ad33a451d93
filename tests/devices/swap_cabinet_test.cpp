#include <gtest/gtest.h>

#include "swap_cabinet/native_cabinet_device.h"
#include "tests/devices/cabinet_pair.h"

namespace xiaogate::devices {
namespace {

TEST(NativeCabinet, SwapsWithItsPlugin) {
  NativeCabinetDevice device("cab-1", 4);
  swap_with(device, Json::object());
}

TEST(NativeCabinet, CarriesOutEachCommandOnce) {
  NativeCabinetDevice device("cab-1", 4);
  const std::string open = R"({"action":"open_slot","command":7,"slot":2})";
  EXPECT_FALSE(device.message("xg/dev/1/cab-1/command", open, WallTime()).publications.empty());
  EXPECT_TRUE(device.order({"close", "2"}, WallTime()).has_value());
  EXPECT_TRUE(device.message("xg/dev/1/cab-1/command", open, WallTime()).publications.empty());
  EXPECT_FALSE(device.slots().at(2).open);
}

TEST(NativeCabinet, HostileCommandsGetNoAnswerOrAFailure) {
  NativeCabinetDevice device("cab-1", 4);
  for (const char* payload : {"", "[]", "{}", "\xff", R"({"command":"x"})"}) {
    EXPECT_TRUE(device.message("t", payload, WallTime()).publications.empty()) << payload;
  }
}

}  // namespace
}  // namespace xiaogate::devices
