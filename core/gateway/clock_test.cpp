#include "gateway/clock.h"

#include <gtest/gtest.h>

namespace xiaogate::gateway {
namespace {

constexpr WallTime kLater{std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)};
constexpr WallTime kEpoch{};

TEST(Clock, IsSynchronisedWhileSomethingDisciplinesIt) {
  EXPECT_EQ(judge(kLater, {.synchronised = true, .estimated_error_us = 0}),
            ClockQuality::synchronised);
  EXPECT_EQ(judge(kLater, {.synchronised = true, .estimated_error_us = 16'000'000}),
            ClockQuality::synchronised);
}

TEST(Clock, HoldsOverOnceItWasDisciplined) {
  EXPECT_EQ(judge(kLater, {.synchronised = false, .estimated_error_us = 0}),
            ClockQuality::holdover);
  EXPECT_EQ(judge(kLater, {.synchronised = false, .estimated_error_us = 15'999'999}),
            ClockQuality::holdover);
}

TEST(Clock, IsUnsetUntilItWasDisciplined) {
  EXPECT_EQ(judge(kLater, {.synchronised = false, .estimated_error_us = 16'000'000}),
            ClockQuality::unset);
}

TEST(Clock, BeforeTheBuildNothingVouchesForIt) {
  EXPECT_EQ(judge(kEpoch, {.synchronised = true, .estimated_error_us = 0}), ClockQuality::unset);
  EXPECT_EQ(judge(WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)),
                  {.synchronised = true, .estimated_error_us = 0}),
            ClockQuality::unset);
}

TEST(Clock, ReadsTimesThatGoOn) {
  const Instant first = read_clock();
  EXPECT_GE(read_mono(), first.mono);
  EXPECT_GT(first.wall, kEpoch);
}

}  // namespace
}  // namespace xiaogate::gateway
