#include "access/calendar.h"

namespace xiaogate::access {
namespace {

bool begins_on(const TimeWindow& window, const Calendar& calendar, std::chrono::local_days day) {
  if (window.first_day && day < *window.first_day) return false;
  if (window.last_day && day > *window.last_day) return false;
  return (window.days >> calendar.kind_of(day) & 1) != 0;
}

}  // namespace

LocalMoment Calendar::local(WallTime now) const {
  const auto local = std::chrono::local_time<Millis>(now.time_since_epoch() + zone.offset_at(now));
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto minute = std::chrono::floor<std::chrono::minutes>(local - day);
  return {.day = day, .minute = static_cast<std::uint16_t>(minute.count())};
}

std::uint8_t Calendar::kind_of(std::chrono::local_days day) const {
  const auto special = special_days.find(day);
  if (special != special_days.end()) return special->second;
  return static_cast<std::uint8_t>(std::chrono::weekday(day).iso_encoding() - 1);
}

bool contains(const TimeWindow& window, const Calendar& calendar, WallTime now) {
  const LocalMoment local = calendar.local(now);
  const bool after_from = local.minute >= window.from;
  const bool before_to = local.minute < window.to;
  const bool today = begins_on(window, calendar, local.day);
  if (window.from < window.to) return today && after_from && before_to;
  // Past midnight: the evening of this day, or the small hours after the day before.
  return (today && after_from) ||
         (before_to && begins_on(window, calendar, local.day - std::chrono::days(1)));
}

}  // namespace xiaogate::access
