#include "access/policy_texts.h"

namespace xiaogate::access {
namespace {

std::string two_digits(unsigned value) {
  return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

std::string told_clock(unsigned minute) {
  return two_digits(minute / 60) + ":" + two_digits(minute % 60);
}

std::string told_date(std::chrono::local_days day) {
  const std::chrono::year_month_day date(day);
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day()));
}

void add(std::string& text, std::string_view word, std::string_view between = " ") {
  if (!text.empty()) text += between;
  text += word;
}

}  // namespace

std::string told(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) add(text, name);
  return text;
}

std::string told(const std::set<Vehicle>& vehicles) {
  std::string text;
  for (const Vehicle vehicle : vehicles) add(text, to_string(vehicle));
  return text;
}

std::string told(const LocalMoment& moment, const Calendar& calendar) {
  return told_date(moment.day) + " " + std::string(kDayNames.at(calendar.kind_of(moment.day))) +
         " " + told_clock(moment.minute);
}

std::string told(const TimeWindow& window) {
  std::string text;
  for (std::size_t day = 0; day < kDayNames.size() && window.days != 0xFF; ++day) {
    if ((window.days >> day & 1) != 0) add(text, kDayNames[day]);
  }
  add(text, told_clock(window.from) + "-" + told_clock(window.to));
  if (window.first_day || window.last_day) {
    add(text, (window.first_day ? told_date(*window.first_day) : "") + ".." +
                  (window.last_day ? told_date(*window.last_day) : ""));
  }
  return text;
}

std::string told_hours(const AccessProfile& profile, const Calendar& calendar, WallTime now) {
  std::string windows;
  for (const TimeWindow& window : profile.hours) {
    if (contains(window, calendar, now)) {
      windows = told(window);
      break;
    }
    add(windows, told(window), ", ");
  }
  const std::string moment = told(calendar.local(now), calendar);
  return windows.empty() ? moment : moment + " / " + windows;
}

std::string told_ban(const AccessPolicy& policy, const std::string& subject) {
  const auto ban = policy.banned.find(subject);
  if (ban == policy.banned.end() || !ban->second.last_day) return {};
  return told_date(*ban->second.last_day);
}

}  // namespace xiaogate::access
