#include <gtest/gtest.h>

#include "swap_cabinet/china_tower_device.h"
#include "tests/devices/cabinet_pair.h"

namespace xiaogate::devices {
namespace {

const Json kOptions{
    {"dev_id", "cab-1"},
    {"types",
     {{"login", 110}, {"attributes", 310}, {"alarm", 410}, {"control", 500}, {"query", 210}}}};

TEST(ChinaTower, SwapsWithItsPlugin) {
  ChinaTowerDevice device("cab-1", 4);
  swap_with(device, kOptions);
}

TEST(ChinaTower, HostileMessagesGetNoAnswer) {
  ChinaTowerDevice device("cab-1", 4);
  for (const char* payload : {"", "[]", "{}", "\xff", R"({"txnNo":1})"}) {
    EXPECT_TRUE(device.message("t", payload, WallTime()).publications.empty()) << payload;
  }
}

}  // namespace
}  // namespace xiaogate::devices
