// Landlock (landlock(7)): a process gives up access to paths, TCP ports and processes outside. In
// Linux since 5.13 and in Debian 12's kernel; may be absent.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"

namespace xiaogate::host {

// The version of the kernel's Landlock; 0 when there is none or it is switched off.
int landlock_version();

// This process may from now on read, list and execute what lies in or below `readable` (those that
// do not exist are skipped), and no other path; use no TCP port, and signal no process outside, as
// far as `version` knows of them. Repeated it can only lose more. REQUIRES: version > 0, no new
// privileges. Error "sandbox.unavailable".
Result<void> landlock_keep_only(int version, const std::vector<std::string>& readable);

}  // namespace xiaogate::host
