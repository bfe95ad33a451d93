// What our programs tell the shell, service manager and scripts that start them.
#pragma once

namespace xiaogate::process {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // understood, and refused or failed; stderr says why
inline constexpr int kExitUsage = 2;   // the command line was not understood

}  // namespace xiaogate::process
