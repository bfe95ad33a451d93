#include "access/policy.h"

#include <gmock/gmock.h>

#include "access/decide.h"

namespace xiaogate::access {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kChina = 8 * 3600;
constexpr std::uint8_t kMonday = 1;
constexpr std::uint8_t kSunday = 1U << 6U;

// A time of the week in China that begins on Monday, 2026-09-07.
WallTime china(int day, int hour, int minute, Millis more = 0ms) {
  const auto monday = std::chrono::sys_days(std::chrono::year(2026) / 9 / 7);
  return WallTime(monday + std::chrono::days(day) + std::chrono::hours(hour) +
                  std::chrono::minutes(minute) - std::chrono::seconds(kChina) + more);
}

constexpr std::uint16_t minutes(int hour, int minute = 0) {
  return static_cast<std::uint16_t>(hour * 60 + minute);
}

TEST(TimeWindow, TakesItsBeginAndLeavesItsEnd) {
  const TimeWindow window{0x7F, minutes(9), minutes(20)};
  EXPECT_FALSE(contains(window, china(0, 8, 59, 59'999ms), kChina));
  EXPECT_TRUE(contains(window, china(0, 9, 0), kChina));
  EXPECT_TRUE(contains(window, china(0, 19, 59, 59'999ms), kChina));
  EXPECT_FALSE(contains(window, china(0, 20, 0), kChina));
}

TEST(TimeWindow, HoldsItsDays) {
  const TimeWindow window{kMonday, minutes(9), minutes(20)};
  EXPECT_TRUE(contains(window, china(0, 12, 0), kChina));
  EXPECT_TRUE(contains(window, china(7, 12, 0), kChina));
  for (int day = 1; day < 7; ++day) EXPECT_FALSE(contains(window, china(day, 12, 0), kChina));
  EXPECT_FALSE(contains({0, minutes(9), minutes(20)}, china(0, 12, 0), kChina));
}

TEST(TimeWindow, PastMidnightBelongsToTheDayItBegan) {
  const TimeWindow window{kSunday, minutes(22), minutes(6)};
  EXPECT_FALSE(contains(window, china(6, 5, 0), kChina)) << "the small hours of Sunday";
  EXPECT_FALSE(contains(window, china(6, 21, 59), kChina));
  EXPECT_TRUE(contains(window, china(6, 22, 0), kChina));
  EXPECT_TRUE(contains(window, china(7, 0, 0), kChina)) << "Monday, still Sunday's window";
  EXPECT_TRUE(contains(window, china(7, 5, 59), kChina));
  EXPECT_FALSE(contains(window, china(7, 6, 0), kChina));
  EXPECT_FALSE(contains(window, china(7, 23, 0), kChina));
}

TEST(TimeWindow, EqualEndsAreAWholeDay) {
  const TimeWindow midnight{kMonday, 0, 0};
  EXPECT_TRUE(contains(midnight, china(0, 0, 0), kChina));
  EXPECT_TRUE(contains(midnight, china(0, 23, 59), kChina));
  EXPECT_FALSE(contains(midnight, china(1, 0, 0), kChina));
  const TimeWindow noon{kMonday, minutes(12), minutes(12)};
  EXPECT_FALSE(contains(noon, china(0, 11, 59), kChina));
  EXPECT_TRUE(contains(noon, china(1, 11, 59), kChina));
}

TEST(TimeWindow, FollowsTheSitesOffset) {
  const TimeWindow window{kMonday, minutes(0), minutes(1)};
  const WallTime midnight_utc = china(0, 8, 0);
  EXPECT_TRUE(contains(window, midnight_utc, 0));
  EXPECT_FALSE(contains(window, midnight_utc, kChina));
  EXPECT_TRUE(contains(window, midnight_utc + 5h, -5 * 3600));
  EXPECT_TRUE(contains({1U << 3U, minutes(12), minutes(12)}, WallTime(-12h), 24 * 3600))
      << "before 1970, a Thursday by local time";
}

class Profiles : public testing::Test {
 protected:
  Profiles() {
    policy_.profiles["day"] = {"day", {{0x7F, minutes(9), minutes(20)}}};
    policy_.profiles["evening"] = {
        "evening", {{0x7F, minutes(18), minutes(19)}, {0x7F, minutes(20), minutes(23)}}};
    policy_.profiles["any"] = {"any", {}};
    point_.id = "gate-1";
  }
  Verdict at(std::string_view scope, int hour) {
    return decide_profiles(scope, point_, policy_, china(0, hour, 0));
  }

  AccessPolicy policy_;
  AccessPoint point_;
};

TEST_F(Profiles, OneOfTheScopeIsEnough) {
  EXPECT_EQ(at("day", 12), Verdict::granted);
  EXPECT_EQ(at("day", 21), Verdict::outside_schedule);
  EXPECT_EQ(at("day evening", 21), Verdict::granted);
  EXPECT_EQ(at("evening", 19), Verdict::outside_schedule);
  EXPECT_EQ(at("unheard any", 3), Verdict::granted);
}

TEST_F(Profiles, UnknownNamesAreNoProfile) {
  EXPECT_EQ(at("unheard", 12), Verdict::no_access_profile);
  EXPECT_EQ(at("", 12), Verdict::no_access_profile);
  EXPECT_EQ(at("da", 12), Verdict::no_access_profile) << "a part of a name is not the name";
}

TEST_F(Profiles, TheAccessPointNarrows) {
  point_.profiles = {"evening"};
  EXPECT_EQ(at("day", 12), Verdict::no_access_profile);
  EXPECT_EQ(at("any", 12), Verdict::no_access_profile);
  EXPECT_EQ(at("day evening", 12), Verdict::outside_schedule);
  EXPECT_EQ(at("evening", 21), Verdict::granted);
}

TEST_F(Profiles, WithoutAPolicyEveryScopeEnters) {
  policy_.profiles.clear();
  EXPECT_EQ(at("unheard", 3), Verdict::granted);
  EXPECT_EQ(at("", 3), Verdict::granted);
  point_.profiles = {"vip"};
  EXPECT_EQ(at("unheard", 3), Verdict::no_access_profile);
  EXPECT_EQ(at("vip", 3), Verdict::granted);
}

TEST_F(Profiles, TheFirstReasonIsTold) {
  Credential credential;
  credential.subject = "r-1";
  credential.scope = "unheard";
  policy_.banned = {"r-1"};
  point_.closed = true;
  const auto verdict = [&](int hour) {
    return decide_policy(credential, point_, policy_, china(0, hour, 0));
  };
  EXPECT_EQ(verdict(21), Verdict::no_access_profile);
  credential.scope = "day";
  EXPECT_EQ(verdict(21), Verdict::outside_schedule);
  EXPECT_EQ(verdict(12), Verdict::site_banned);
  policy_.banned.clear();
  EXPECT_EQ(verdict(12), Verdict::access_point_closed);
  point_.closed = false;
  EXPECT_EQ(verdict(12), Verdict::granted);
}

}  // namespace
}  // namespace xiaogate::access
