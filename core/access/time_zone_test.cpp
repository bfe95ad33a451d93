#include "access/time_zone.h"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>

#include "access/posix_zone.h"

namespace xiaogate::access {
namespace {

using namespace std::chrono_literals;

WallTime utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day) + std::chrono::hours(hour) +
         std::chrono::minutes(minute);
}

std::string installed(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What the C library, which reads the same file itself, says of that moment.
std::chrono::seconds by_libc(const std::string& name, WallTime at) {
  setenv("TZ", (":" + name).c_str(), 1);
  tzset();
  const std::time_t time = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  localtime_r(&time, &local);
  unsetenv("TZ");
  tzset();
  return std::chrono::seconds(local.tm_gmtoff);
}

class EachZone : public testing::TestWithParam<const char*> {};

// Every 11 hours and 7 minutes from 1905 to 2100: each transition is met on both sides.
TEST_P(EachZone, IsWhatTheCLibrarySays) {
  const std::string file = installed(GetParam());
  if (file.empty()) GTEST_SKIP() << "tzdata is not installed here";
  const auto zone = TimeZone::from_tzif(as_bytes(file));
  ASSERT_TRUE(zone) << zone.error().text;
  setenv("TZ", (std::string(":") + GetParam()).c_str(), 1);
  tzset();
  for (WallTime at = utc(1905, 1, 1); at < utc(2100, 1, 1); at += 11h + 7min) {
    const std::time_t time = std::chrono::system_clock::to_time_t(at);
    std::tm local{};
    localtime_r(&time, &local);
    ASSERT_EQ(zone->offset_at(at).count(), local.tm_gmtoff) << GetParam() << " at " << time;
  }
  unsetenv("TZ");
  tzset();
}

INSTANTIATE_TEST_SUITE_P(TimeZone, EachZone,
                         testing::Values("Asia/Shanghai", "Asia/Urumqi", "Asia/Kathmandu",
                                         "Europe/Berlin", "America/New_York", "America/Santiago",
                                         "Australia/Lord_Howe", "Africa/Casablanca", "UTC"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase_if(name, [](char c) { return c == '/' || c == '_'; });
                           return name;
                         });

TEST(TimeZone, ChangesAtTheVeryMillisecond) {
  const std::string file = installed("Europe/Berlin");
  if (file.empty()) GTEST_SKIP() << "tzdata is not installed here";
  const auto zone = TimeZone::from_tzif(as_bytes(file)).value();
  const WallTime spring = utc(2026, 3, 29, 1);
  EXPECT_EQ(zone.offset_at(spring - 1ms), 1h);
  EXPECT_EQ(zone.offset_at(spring), 2h);
  EXPECT_EQ(zone.offset_at(utc(2026, 10, 25, 1) - 1ms), 2h);
  EXPECT_EQ(zone.offset_at(utc(2026, 10, 25, 1)), 1h);
  EXPECT_EQ(by_libc("Europe/Berlin", spring), 2h);
}

TEST(TimeZone, IsChinasByDefault) {
  EXPECT_EQ(TimeZone().offset_at(utc(2026, 1, 1)), 8h);
}

TEST(TimeZone, RefusesWhatIsNoZone) {
  const auto refusal = [](const std::string& file) {
    const auto zone = TimeZone::from_tzif(as_bytes(file));
    return zone ? "accepted" : zone.error().text;
  };
  EXPECT_EQ(refusal(""), "is no TZif file of version 2 or later");
  const std::string file = installed("Europe/Berlin");
  if (file.empty()) GTEST_SKIP() << "tzdata is not installed here";
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_NE(refusal(file.substr(0, size)), "accepted") << size;
  }
  for (std::size_t at = 0; at < file.size(); ++at) {  // must not read beyond its end
    std::string other = file;
    other[at] = static_cast<char>(other[at] ^ 0xFF);
    (void)refusal(other);
  }
}

TEST(PosixZone, ReadsRulesOfEveryForm) {
  const auto changes = [](std::string_view text, int year) {
    const auto zone = PosixZone::parse(text);
    std::vector<std::chrono::sys_seconds> at;
    if (zone) {
      for (const auto& change : zone->in(std::chrono::year(year))) at.push_back(change.at);
    }
    return at;
  };
  using testing::ElementsAre;
  EXPECT_THAT(changes("CET-1CEST,M3.5.0,M10.5.0/3", 2026),
              ElementsAre(utc(2026, 3, 29, 1), utc(2026, 10, 25, 1)));
  EXPECT_THAT(changes("AAA0BBB,J60/0,J300/0", 2028),
              ElementsAre(utc(2028, 3, 1), utc(2028, 10, 26, 23)));
  EXPECT_THAT(changes("AAA0BBB,59/0,299/0", 2028),
              ElementsAre(utc(2028, 2, 29), utc(2028, 10, 25, 23)));
  EXPECT_THAT(changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026),
              ElementsAre(utc(2026, 3, 29, 1), utc(2026, 10, 25, 1)));
  EXPECT_THAT(changes("CST-8", 2026), ElementsAre());
  EXPECT_EQ(PosixZone::parse("<+0545>-5:45")->standard, 5h + 45min);
}

TEST(PosixZone, RefusesEverythingElse) {
  for (const char* text :
       {"", "CS-8", "CST", "CST-8X", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,J0,J1", "CET-1CEST,366,1", "<+08-8", "CST-25",
        "CET-1CEST,M3.5.0,M10.5.0/168", ":Asia/Shanghai", "CET-1CEST,M3.5.0,M10.5.0,"}) {
    EXPECT_FALSE(PosixZone::parse(text)) << text;
  }
}

}  // namespace
}  // namespace xiaogate::access
