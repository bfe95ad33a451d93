// Local time of a site, as a table: made once from the bytes of a TZif file (RFC 9636, what tzdata
// installs below /usr/share/zoneinfo) and a plain value from then on. Reads no file, no environment
// and no clock, so that a verdict depends on its arguments alone (std::chrono's time zones, which
// g++ 12 lacks anyway, read the machine's files behind the caller's back).
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "model/bytes.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::access {

class TimeZone {
 public:
  // The same offset for ever, east of UTC; the default is China's.
  TimeZone() : TimeZone(std::chrono::hours(8)) {}
  explicit TimeZone(std::chrono::seconds offset) : first_(offset) {}

  // Version 2 or later, without leap seconds. The rule at the file's end (a POSIX TZ string) is
  // followed to the end of the year 2199; after it the last offset stays.
  // Error: "zone.malformed", and the sentence says what is wrong.
  static Result<TimeZone> from_tzif(ByteView file);

  std::chrono::seconds offset_at(WallTime now) const;

  // From `at` (UTC) on, local time is `offset` ahead of UTC.
  struct Transition {
    std::chrono::sys_seconds at;
    std::chrono::seconds offset;

    bool operator==(const Transition&) const = default;
  };
  bool operator==(const TimeZone&) const = default;

 private:
  std::chrono::seconds first_;           // before the first transition
  std::vector<Transition> transitions_;  // ascending
};

}  // namespace xiaogate::access
