#include "site/calendar_config.h"

#include <algorithm>

namespace xiaogate::site {
namespace {

// The number that `text` writes with exactly `digits` digits.
std::optional<int> number(std::string_view text, std::size_t digits) {
  if (text.size() != digits) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::chrono::local_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4), 4);
  const auto month = number(text.substr(5, 2), 2);
  const auto day = number(text.substr(8, 2), 2);
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const auto date = std::chrono::year(*year) / static_cast<int>(*month) / static_cast<int>(*day);
  if (!date.ok()) return std::nullopt;
  return std::chrono::local_days(date);
}

// "HH:MM" as minutes after midnight.
std::uint16_t read_clock(JsonReader& in, const char* member) {
  const std::string text = in.text(member);
  if (text.size() == 5 && text[2] == ':') {
    const auto hour = number(std::string_view(text).substr(0, 2), 2);
    const auto minute = number(std::string_view(text).substr(3), 2);
    if (hour && minute && *hour < 24 && *minute < 60) {
      return static_cast<std::uint16_t>(*hour * 60 + *minute);
    }
  }
  in.fault(member, "must be a time like 09:00");
  return 0;
}

// The bit number of a day's name.
std::optional<std::uint8_t> day_number(std::string_view name) {
  const auto found = std::ranges::find(access::kDayNames, name);
  if (found == access::kDayNames.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - access::kDayNames.begin());
}

std::uint8_t read_days(JsonReader& in) {
  const Json* days = in.find("days");
  if (days == nullptr) return 0xFF;
  std::uint8_t mask = 0;
  const auto bad = [&] {
    in.fault("days", "must be an array of mon, tue, wed, thu, fri, sat, sun, holiday");
    return std::uint8_t{0xFF};
  };
  if (!days->is_array() || days->empty()) return bad();
  for (const Json& day : *days) {
    const auto bit = day.is_string() ? day_number(day.get<std::string>()) : std::nullopt;
    if (!bit) return bad();
    mask = static_cast<std::uint8_t>(mask | 1U << *bit);
  }
  return mask;
}

access::TimeZone read_zone(JsonReader& in, const ZoneFiles& zones) {
  const auto offset = in.integer_or("utc_offset_min", 480, -720, 840);
  const std::string name = in.text_or("time_zone", "");
  if (name.empty()) return access::TimeZone(std::chrono::minutes(offset));
  if (in.find("utc_offset_min") != nullptr) {
    in.fault("utc_offset_min", "stands beside time_zone; leave one of them out");
  }
  const auto file = zones ? zones(name) : failure("zone.unknown", "no time zones are known here");
  if (!file) {
    in.fault("time_zone", file.error().text);
    return {};
  }
  const auto zone = access::TimeZone::from_tzif(as_bytes(*file));
  if (!zone) in.fault("time_zone", "the file of '" + printable(name) + "' " + zone.error().text);
  return zone.value_or(access::TimeZone());
}

void read_special_day(const Json& json, const std::string& pointer, access::Calendar& calendar,
                      Faults& faults) {
  JsonReader in(json, pointer, faults);
  (void)in.text("from");
  const auto first = read_date(in, "from");
  const auto last = in.find("to") == nullptr ? first : read_date(in, "to");
  const auto counts_as = day_number(in.text("as"));
  in.finish();
  if (!counts_as) in.fault("as", "must be one of mon, tue, wed, thu, fri, sat, sun, holiday");
  if (!first || !last || !counts_as) return;
  if (*last < *first || *last - *first > std::chrono::days(366)) {
    return in.fault("to", "must not be before 'from', nor more than 366 days after it");
  }
  for (auto day = *first; day <= *last; day += std::chrono::days(1)) {
    if (!calendar.special_days.emplace(day, *counts_as).second) {
      return in.fault("from", "one of these days is in another entry already");
    }
  }
}

}  // namespace

std::optional<std::chrono::local_days> read_date(JsonReader& in, const char* member) {
  const std::string text = in.text_or(member, "");
  if (in.find(member) == nullptr) return std::nullopt;
  const auto date = parse_date(text);
  if (!date) in.fault(member, "must be a date like 2026-10-01");
  return date;
}

access::Calendar read_calendar(JsonReader& in, const ZoneFiles& zones, Faults& faults) {
  access::Calendar calendar;
  calendar.zone = read_zone(in, zones);
  const Json& days = in.array_or_empty("special_days");
  for (std::size_t i = 0; i < days.size(); ++i) {
    read_special_day(days[i], in.at("special_days/" + std::to_string(i)), calendar, faults);
  }
  return calendar;
}

access::TimeWindow read_window(const Json& json, const std::string& pointer, Faults& faults) {
  JsonReader in(json, pointer, faults);
  access::TimeWindow window;
  window.days = read_days(in);
  window.from = read_clock(in, "from");
  window.to = read_clock(in, "to");
  window.first_day = read_date(in, "first_day");
  window.last_day = read_date(in, "last_day");
  if (window.first_day && window.last_day && *window.last_day < *window.first_day) {
    in.fault("last_day", "must not be before first_day");
  }
  in.finish();
  return window;
}

}  // namespace xiaogate::site
