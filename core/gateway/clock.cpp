#include "gateway/clock.h"

#include <sys/timex.h>

namespace xiaogate::gateway {
namespace {

// The day of the build, of SOURCE_DATE_EPOCH where that is set; a day's grace for its time zone.
constexpr WallTime kNoEarlier{std::chrono::seconds(XIAOGATE_BUILT) - std::chrono::days(1)};

constexpr std::int64_t kNeverDisciplined = 16'000'000;  // microseconds

KernelClock ask_kernel() {
  timex state{};
  const int answer = adjtimex(&state);
  return {.synchronised = answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0,
          .estimated_error_us = state.esterror};
}

}  // namespace

ClockQuality judge(WallTime wall, const KernelClock& kernel) {
  if (wall < kNoEarlier) return ClockQuality::unset;
  if (kernel.synchronised) return ClockQuality::synchronised;
  return kernel.estimated_error_us < kNeverDisciplined ? ClockQuality::holdover
                                                       : ClockQuality::unset;
}

MonoTime read_mono() {
  return MonoTime(std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch()));
}

Instant read_clock() {
  Instant now{.wall = std::chrono::floor<Millis>(std::chrono::system_clock::now()),
              .mono = read_mono()};
  now.quality = judge(now.wall, ask_kernel());
  return now;
}

}  // namespace xiaogate::gateway
