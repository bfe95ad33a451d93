#include "access/policy.h"

#include <algorithm>
#include <chrono>
#include <ranges>

namespace xiaogate::access {
namespace {

// The site's local day of the week (0 Monday) and minute of the day.
struct LocalTime {
  int weekday = 0;
  int minute = 0;
};

LocalTime local_time(WallTime now, std::int32_t utc_offset_s) {
  const auto local = std::chrono::floor<std::chrono::minutes>(now.time_since_epoch() +
                                                              std::chrono::seconds(utc_offset_s));
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::weekday weekday{std::chrono::sys_days(day)};
  return {static_cast<int>(weekday.iso_encoding()) - 1, static_cast<int>((local - day).count())};
}

bool is_on(const TimeWindow& window, int weekday) {
  return (window.days >> weekday & 1) != 0;
}

}  // namespace

bool contains(const TimeWindow& window, WallTime now, std::int32_t utc_offset_s) {
  const LocalTime local = local_time(now, utc_offset_s);
  const bool after_from = local.minute >= window.from;
  const bool before_to = local.minute < window.to;
  if (window.from < window.to) return is_on(window, local.weekday) && after_from && before_to;
  // Past midnight: the evening of this day, or the small hours after the day before.
  const int yesterday = (local.weekday + 6) % 7;
  return (is_on(window, local.weekday) && after_from) || (is_on(window, yesterday) && before_to);
}

bool is_open(const AccessProfile& profile, WallTime now, std::int32_t utc_offset_s) {
  return profile.hours.empty() || std::ranges::any_of(profile.hours, [&](const TimeWindow& window) {
           return contains(window, now, utc_offset_s);
         });
}

Verdict decide_profiles(std::string_view scope, const AccessPoint& point,
                        const AccessPolicy& policy, WallTime now) {
  if (policy.profiles.empty() && point.profiles.empty()) return Verdict::granted;
  Verdict verdict = Verdict::no_access_profile;
  for (const auto part : std::views::split(scope, ' ')) {
    const std::string name(part.begin(), part.end());
    if (!point.profiles.empty() && !point.profiles.contains(name)) continue;
    const auto profile = policy.profiles.find(name);
    if (profile == policy.profiles.end() && !policy.profiles.empty()) continue;
    if (policy.profiles.empty() || is_open(profile->second, now, policy.utc_offset_s)) {
      return Verdict::granted;
    }
    verdict = Verdict::outside_schedule;
  }
  return verdict;
}

}  // namespace xiaogate::access
