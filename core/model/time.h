// Time as an argument: nothing inside the core reads a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace xiaogate {

using Millis = std::chrono::milliseconds;

// Milliseconds since 1970-01-01T00:00Z, what records and codes carry.
using WallTime = std::chrono::sys_time<Millis>;

// Milliseconds on a clock that never jumps; its zero is arbitrary and is lost at a restart. Time to
// live, timers and deadlines use it.
struct MonoClock {
  using duration = Millis;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonoClock>;
  static constexpr bool is_steady = true;
};
using MonoTime = MonoClock::time_point;

// How far wall time can be trusted. Decisions are recorded with it.
enum class ClockQuality : std::uint8_t {
  synchronised,  // disciplined by a time source now
  holdover,      // was synchronised, free-running since
  unset          // never set since start
};

// "synchronised", "holdover", "unset".
std::string_view to_string(ClockQuality quality);

// One moment, as the loop hands it to everything inside a turn.
struct Instant {
  WallTime wall;
  MonoTime mono;
  ClockQuality quality = ClockQuality::synchronised;
};

}  // namespace xiaogate
