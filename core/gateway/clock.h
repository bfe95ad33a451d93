// The machine's clocks. The only place of the gateway where time is read.
#pragma once

#include <cstdint>

#include "model/time.h"

namespace xiaogate::gateway {

// What the kernel says of its wall clock, adjtimex(2).
struct KernelClock {
  bool synchronised = false;            // neither TIME_ERROR nor STA_UNSYNC
  std::int64_t estimated_error_us = 0;  // esterror
};

// `unset` while the clock reads a day before this program was built, and until a time source has
// disciplined it for the first time since the machine started; `holdover` once none does any more.
// A battery-backed clock, or one that was set by hand, is `unset` too: nobody vouches for it.
//
// The kernel starts with, and falls back to at each plain setting of the clock, an estimated error
// of 16 s (NTP_PHASE_LIMIT in the kernel's include/linux/timex.h; ntp_clear() in
// kernel/time/ntp.c); time daemons write a smaller one. It stays when they fall silent, while
// STA_UNSYNC comes back after about nine hours.
ClockQuality judge(WallTime wall, const KernelClock& kernel);

// Wall time with its quality, and monotonic time.
Instant read_clock();

// Monotonic time alone: no system call.
MonoTime read_mono();

}  // namespace xiaogate::gateway
