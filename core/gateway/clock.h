// The machine's clocks. The only place of the gateway where time is read.
#pragma once

#include "model/time.h"

namespace xiaogate::gateway {

// Wall time with the kernel's word on its quality (adjtimex(2): STA_UNSYNC), and monotonic time.
// Before 2026 the clock has evidently never been set.
Instant read_clock();

// Monotonic time alone: no system call.
MonoTime read_mono();

}  // namespace xiaogate::gateway
