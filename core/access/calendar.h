// When: days of the site's calendar and hours of its local time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "access/time_zone.h"
#include "model/time.h"

namespace xiaogate::access {

// A moment as the clock on the site's wall shows it.
struct LocalMoment {
  std::chrono::local_days day;
  std::uint16_t minute = 0;  // after midnight, 0 to 1439
};

// What a day counts as: bit numbers of TimeWindow::days.
inline constexpr std::uint8_t kHoliday = 7;  // 0 Monday ... 6 Sunday

// The words for them, in that order.
inline constexpr std::array<std::string_view, kHoliday + 1> kDayNames{
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"};

struct Calendar {
  TimeZone zone;
  // Days that count as something else than their day of the week: a holiday, or a working Saturday
  // as a Monday.
  std::map<std::chrono::local_days, std::uint8_t> special_days = {};

  LocalMoment local(WallTime now) const;
  std::uint8_t kind_of(std::chrono::local_days day) const;
};

// A window in the site's local time. `to` <= `from` runs past midnight; the whole of it belongs to
// the day on which it began, which must be one of `days` and lie from `first_day` to `last_day`
// (both included).
struct TimeWindow {
  std::uint8_t days = 0xFF;  // bit 0 Monday ... bit 6 Sunday, bit 7 holidays
  std::uint16_t from = 0;    // minutes after midnight, 0 to 1439
  std::uint16_t to = 0;
  std::optional<std::chrono::local_days> first_day = std::nullopt;
  std::optional<std::chrono::local_days> last_day = std::nullopt;
};

// True within the window: `from` belongs to it, `to` does not.
bool contains(const TimeWindow& window, const Calendar& calendar, WallTime now);

}  // namespace xiaogate::access
