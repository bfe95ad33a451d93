#include "gateway/clock.h"

#include <sys/timex.h>

namespace xiaogate::gateway {
namespace {

constexpr WallTime kNoEarlier{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

ClockQuality quality_of(WallTime wall) {
  if (wall < kNoEarlier) return ClockQuality::unset;
  timex state{};
  const int answer = adjtimex(&state);
  const bool disciplined = answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  return disciplined ? ClockQuality::synchronised : ClockQuality::holdover;
}

}  // namespace

MonoTime read_mono() {
  return MonoTime(std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch()));
}

Instant read_clock() {
  Instant now{.wall = std::chrono::floor<Millis>(std::chrono::system_clock::now()),
              .mono = read_mono()};
  now.quality = quality_of(now.wall);
  return now;
}

}  // namespace xiaogate::gateway
