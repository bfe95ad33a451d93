// The TZ string of POSIX (IEEE Std 1003.1, 8.3, with the wider hours of RFC 9636, 3.3.2): the rule
// by which a TZif file goes on after its last transition. "CET-1CEST,M3.5.0,M10.5.0/3".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "access/time_zone.h"

namespace xiaogate::access {

struct PosixZone {
  // A day of the year and the local time at which the clocks change.
  struct Change {
    enum class Kind { julian, day_of_year, weekday_of_month };
    Kind kind = Kind::weekday_of_month;
    unsigned day = 0;   // julian: 1 to 365, without 29 February; day_of_year: 0 to 365; else 0 to 6
    unsigned week = 0;  // 1 to 5; 5: the last one
    unsigned month = 0;  // 1 to 12
    std::chrono::seconds time{7200};

    // The local time of the change in `year`.
    std::chrono::local_seconds in(std::chrono::year year) const;
  };

  std::chrono::seconds standard{0};  // east of UTC
  std::optional<std::chrono::seconds> summer;
  Change to_summer;
  Change to_standard;

  // Nothing for a text that is none, and for summer time without its two rules.
  static std::optional<PosixZone> parse(std::string_view text);

  // The changes of that year, in order of time; none without summer time.
  std::vector<TimeZone::Transition> in(std::chrono::year year) const;
};

}  // namespace xiaogate::access
