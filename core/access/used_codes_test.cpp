#include "access/used_codes.h"

#include <gmock/gmock.h>

namespace xiaogate::access {
namespace {

constexpr WallTime at(std::int64_t seconds) {
  return WallTime(std::chrono::seconds(seconds));
}
constexpr CodeKey kOne{1};
constexpr CodeKey kTwo{2};

TEST(UsedCodes, RemembersUntilTheLastMoment) {
  UsedCodes used;
  used.remember(kOne, {"gate-1", at(0)}, at(60));
  used.expire(at(60));
  ASSERT_NE(used.find(kOne), nullptr);
  EXPECT_EQ(used.find(kOne)->access_point, "gate-1");
  EXPECT_EQ(used.find(kTwo), nullptr);
  used.expire(at(60) + Millis(1));
  EXPECT_EQ(used.find(kOne), nullptr);
  EXPECT_EQ(used.size(), 0U);
}

TEST(UsedCodes, TheFirstUseStands) {
  UsedCodes used;
  used.remember(kOne, {"gate-1", at(0)}, at(60));
  used.remember(kOne, {"gate-2", at(10)}, at(600));
  EXPECT_EQ(used.find(kOne)->access_point, "gate-1");
  used.expire(at(61));
  EXPECT_EQ(used.size(), 0U);
}

TEST(UsedCodes, NeverForgetsEarly) {
  UsedCodes used;
  used.remember(kOne, {"gate-1", at(0)}, at(100));
  used.remember(kTwo, {"gate-1", at(1)}, at(50));
  used.expire(at(60));
  EXPECT_NE(used.find(kOne), nullptr);
  used.expire(at(101));
  EXPECT_EQ(used.size(), 0U);
}

TEST(UsedCodes, AClockSetBackForgetsNothing) {
  UsedCodes used;
  used.remember(kOne, {"gate-1", at(1000)}, at(1060));
  used.expire(at(0));
  EXPECT_NE(used.find(kOne), nullptr);
}

TEST(UsedCodes, SaysHowFarItHasForgotten) {
  UsedCodes used;
  used.expire(at(5000));
  EXPECT_EQ(used.forgotten_until(), WallTime::min()) << "nothing was forgotten";
  used.remember(kOne, {"gate-1", at(0)}, at(100));
  used.remember(kTwo, {"gate-1", at(1)}, at(50));
  used.expire(at(100));
  EXPECT_EQ(used.forgotten_until(), WallTime::min());
  used.expire(at(101));
  EXPECT_EQ(used.forgotten_until(), at(100));
}

TEST(UsedCodes, StaysSmallUnderLoad) {
  UsedCodes used;
  for (std::int64_t second = 0; second < 10'000; ++second) {
    CodeKey key{};
    key[0] = static_cast<std::uint8_t>(second);
    key[1] = static_cast<std::uint8_t>(second >> 8);
    used.expire(at(second));
    used.remember(key, {"gate-1", at(second)}, at(second + 60));
  }
  EXPECT_LE(used.size(), 62U);
}

}  // namespace
}  // namespace xiaogate::access
