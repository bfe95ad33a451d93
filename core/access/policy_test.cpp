#include "access/policy.h"

#include <gmock/gmock.h>

#include "access/decide.h"

namespace xiaogate::access {
namespace {

using namespace std::chrono_literals;

const Calendar kChina{};
constexpr std::uint8_t kMonday = 1;
constexpr std::uint8_t kSunday = 1U << 6U;

// A time of the week in China that begins on Monday, 2026-09-07.
WallTime china(int day, int hour, int minute, Millis more = 0ms) {
  const auto monday = std::chrono::sys_days(std::chrono::year(2026) / 9 / 7);
  return WallTime(monday + std::chrono::days(day) + std::chrono::hours(hour) +
                  std::chrono::minutes(minute) - std::chrono::hours(8) + more);
}

constexpr std::uint16_t minutes(int hour, int minute = 0) {
  return static_cast<std::uint16_t>(hour * 60 + minute);
}

TEST(TimeWindow, TakesItsBeginAndLeavesItsEnd) {
  const TimeWindow window{0x7F, minutes(9), minutes(20)};
  EXPECT_FALSE(contains(window, kChina, china(0, 8, 59, 59'999ms)));
  EXPECT_TRUE(contains(window, kChina, china(0, 9, 0)));
  EXPECT_TRUE(contains(window, kChina, china(0, 19, 59, 59'999ms)));
  EXPECT_FALSE(contains(window, kChina, china(0, 20, 0)));
}

TEST(TimeWindow, HoldsItsDays) {
  const TimeWindow window{kMonday, minutes(9), minutes(20)};
  EXPECT_TRUE(contains(window, kChina, china(0, 12, 0)));
  EXPECT_TRUE(contains(window, kChina, china(7, 12, 0)));
  for (int day = 1; day < 7; ++day) EXPECT_FALSE(contains(window, kChina, china(day, 12, 0)));
  EXPECT_FALSE(contains({0, minutes(9), minutes(20)}, kChina, china(0, 12, 0)));
}

TEST(TimeWindow, PastMidnightBelongsToTheDayItBegan) {
  const TimeWindow window{kSunday, minutes(22), minutes(6)};
  EXPECT_FALSE(contains(window, kChina, china(6, 5, 0))) << "the small hours of Sunday";
  EXPECT_FALSE(contains(window, kChina, china(6, 21, 59)));
  EXPECT_TRUE(contains(window, kChina, china(6, 22, 0)));
  EXPECT_TRUE(contains(window, kChina, china(7, 0, 0))) << "Monday, still Sunday's window";
  EXPECT_TRUE(contains(window, kChina, china(7, 5, 59)));
  EXPECT_FALSE(contains(window, kChina, china(7, 6, 0)));
  EXPECT_FALSE(contains(window, kChina, china(7, 23, 0)));
}

TEST(TimeWindow, EqualEndsAreAWholeDay) {
  const TimeWindow midnight{kMonday, 0, 0};
  EXPECT_TRUE(contains(midnight, kChina, china(0, 0, 0)));
  EXPECT_TRUE(contains(midnight, kChina, china(0, 23, 59)));
  EXPECT_FALSE(contains(midnight, kChina, china(1, 0, 0)));
  const TimeWindow noon{kMonday, minutes(12), minutes(12)};
  EXPECT_FALSE(contains(noon, kChina, china(0, 11, 59)));
  EXPECT_TRUE(contains(noon, kChina, china(1, 11, 59)));
}

TEST(TimeWindow, FollowsTheSitesOffset) {
  const TimeWindow window{kMonday, minutes(0), minutes(1)};
  const WallTime midnight_utc = china(0, 8, 0);
  EXPECT_TRUE(contains(window, {TimeZone(0s)}, midnight_utc));
  EXPECT_FALSE(contains(window, kChina, midnight_utc));
  EXPECT_TRUE(contains(window, {TimeZone(-5h)}, midnight_utc + 5h));
  EXPECT_TRUE(contains({1U << 3U, minutes(12), minutes(12)}, {TimeZone(24h)}, WallTime(-12h)))
      << "before 1970, a Thursday by local time";
}

std::chrono::local_days date(int year, unsigned month, unsigned day) {
  return std::chrono::local_days(std::chrono::year(year) / month / day);
}

TEST(TimeWindow, HoldsFromItsFirstDayToItsLast) {
  const TimeWindow window{0xFF, minutes(22), minutes(6), date(2026, 9, 8), date(2026, 9, 9)};
  EXPECT_FALSE(contains(window, kChina, china(0, 23, 0)));
  EXPECT_FALSE(contains(window, kChina, china(1, 1, 0))) << "the night of the 7th";
  EXPECT_TRUE(contains(window, kChina, china(1, 23, 0)));
  EXPECT_TRUE(contains(window, kChina, china(3, 5, 59))) << "the 10th, still the night of the 9th";
  EXPECT_FALSE(contains(window, kChina, china(3, 22, 0)));
}

TEST(TimeWindow, ASpecialDayIsNotItsDayOfTheWeek) {
  Calendar calendar;
  calendar.special_days[date(2026, 9, 7)] = kHoliday;
  calendar.special_days[date(2026, 9, 12)] = 0;  // a working Saturday, as a Monday
  const TimeWindow mondays{kMonday, minutes(9), minutes(20)};
  const TimeWindow holidays{1U << kHoliday, minutes(22), minutes(6)};
  EXPECT_FALSE(contains(mondays, calendar, china(0, 12, 0)));
  EXPECT_TRUE(contains(mondays, calendar, china(5, 12, 0)));
  EXPECT_TRUE(contains(mondays, calendar, china(7, 12, 0)));
  EXPECT_TRUE(contains(holidays, calendar, china(0, 23, 0)));
  EXPECT_TRUE(contains(holidays, calendar, china(1, 3, 0))) << "the holiday's night";
  EXPECT_FALSE(contains(holidays, calendar, china(0, 3, 0))) << "the night before it";
  EXPECT_TRUE(contains({0xFF, minutes(9), minutes(20)}, calendar, china(0, 12, 0)));
}

class Profiles : public testing::Test {
 protected:
  Profiles() {
    policy_.profiles["day"] = {"day", {{0x7F, minutes(9), minutes(20)}}};
    policy_.profiles["evening"] = {
        "evening", {{0xFF, minutes(18), minutes(19)}, {0xFF, minutes(20), minutes(23)}}};
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
  policy_.banned["r-1"] = {};
  point_.closed = true;
  const auto verdict = [&](int hour) {
    return decide_policy(credential, point_, policy_, {}, china(0, hour, 0));
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

TEST_F(Profiles, AreasAndLanesNarrow) {
  policy_.profiles["day"].areas = {"court", "garage"};
  EXPECT_EQ(at("day", 12), Verdict::no_access_profile) << "the gate leads into no area";
  point_.areas = {"garage", "cellar"};
  EXPECT_EQ(at("day", 12), Verdict::granted);
  policy_.profiles["day"].vehicles = {Vehicle::foot};
  EXPECT_EQ(at("day", 12), Verdict::granted) << "one lane for all";
  point_.lane = Vehicle::e_bike;
  EXPECT_EQ(at("day", 12), Verdict::no_access_profile);
  EXPECT_EQ(at("day any", 12), Verdict::granted);
  point_.lane = Vehicle::foot;
  EXPECT_EQ(at("day", 12), Verdict::granted);
}

class Policy : public Profiles {
 protected:
  Policy() {
    credential_.id = *CredentialId::from_text("c000000000000001");
    credential_.subject = "r-1";
    credential_.scope = "any";
    point_.areas = {"court"};
  }
  Verdict at(int day, int hour) {
    return decide_policy(credential_, point_, policy_, presence_, china(day, hour, 0));
  }
  Credential credential_;
  Presence presence_;
};

TEST_F(Policy, ABanEndsAfterItsLastDay) {
  policy_.banned["r-1"] = {date(2026, 9, 8)};
  EXPECT_EQ(at(1, 23), Verdict::site_banned);
  EXPECT_EQ(at(2, 0), Verdict::granted);
  policy_.banned["r-1"] = {};
  EXPECT_EQ(at(700, 0), Verdict::site_banned);
}

TEST_F(Policy, NobodyComesInTwice) {
  presence_.enter("court", credential_.id, china(0, 12, 0));
  EXPECT_EQ(at(0, 11), Verdict::granted) << "the area does not ask";
  policy_.areas["court"].anti_passback = true;
  EXPECT_EQ(at(0, 11), Verdict::anti_passback);
  EXPECT_EQ(at(0, 12), Verdict::granted) << "forgotten";
  point_.exit = true;
  EXPECT_EQ(at(0, 11), Verdict::granted) << "the way out";
  point_.exit = false;
  point_.areas = {"garage"};
  EXPECT_EQ(at(0, 11), Verdict::granted) << "another area";
  point_.areas = {"court"};
  presence_.leave("court", credential_.id);
  EXPECT_EQ(at(0, 11), Verdict::granted);
}

TEST_F(Policy, AFullAreaTakesNobody) {
  policy_.areas["court"].capacity = 2;
  const auto other = [](const char* id) { return *CredentialId::from_text(id); };
  presence_.enter("court", other("c000000000000002"), china(0, 12, 0));
  EXPECT_EQ(at(0, 11), Verdict::granted);
  presence_.enter("court", other("c000000000000003"), china(0, 14, 0));
  EXPECT_EQ(at(0, 11), Verdict::area_full);
  EXPECT_EQ(at(0, 13), Verdict::granted) << "one of them is forgotten";
  presence_.enter("court", credential_.id, china(0, 14, 0));
  EXPECT_EQ(at(0, 11), Verdict::granted) << "counted already";
}

TEST_F(Policy, TheTraceTellsWhatWasAskedInOrder) {
  credential_.scope = "unheard evening any";
  policy_.areas["court"].capacity = 3;
  policy_.banned["r-1"] = {date(2026, 9, 6)};
  Trace trace;
  EXPECT_EQ(decide_policy(credential_, point_, policy_, presence_, china(0, 12, 0), &trace),
            Verdict::granted);
  std::vector<std::string> steps;
  for (const auto& step : trace) {
    steps.push_back(std::string(step.passed ? "+" : "-") + std::string(to_string(step.rule)) + " " +
                    step.subject + (step.value.empty() ? "" : ": " + step.value));
  }
  EXPECT_THAT(
      steps, testing::ElementsAre(
                 "+accepted_profile unheard", "-known_profile unheard", "+accepted_profile evening",
                 "+known_profile evening", "+profile_area evening", "+profile_vehicle evening",
                 "-profile_hours evening: 2026-09-07 mon 12:00 / 18:00-19:00, 20:00-23:00",
                 "+accepted_profile any", "+known_profile any", "+profile_area any",
                 "+profile_vehicle any", "+profile_hours any: 2026-09-07 mon 12:00",
                 "+ban r-1: 2026-09-06", "+open_access_point gate-1", "+capacity court: 0/3"));
}

TEST_F(Policy, OneStepOfTheTraceDecided) {
  const auto decided = [&](const char* scope, int hour) -> std::string {
    credential_.scope = scope;
    Trace trace;
    const Verdict verdict =
        decide_policy(credential_, point_, policy_, presence_, china(0, hour, 0), &trace);
    const Step* step = deciding_step(trace, verdict);
    if (step == nullptr) return "nothing";
    return std::string(step->passed ? "+" : "-") + std::string(to_string(step->rule)) + " " +
           step->subject;
  };
  EXPECT_EQ(decided("evening day", 12), "+profile_hours day");
  EXPECT_EQ(decided("day unheard", 21), "-profile_hours day");
  EXPECT_EQ(decided("unheard", 12), "-known_profile unheard");
  point_.closed = true;
  EXPECT_EQ(decided("day", 12), "-open_access_point gate-1");
  point_.closed = false;
  policy_.profiles.clear();
  EXPECT_EQ(decided("day", 12), "nothing");
}

}  // namespace
}  // namespace xiaogate::access
