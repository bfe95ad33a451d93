// xiaogate access: what a site's rules make of a rider, a gate and a time.
#pragma once

#include <string>

#include "cli/output.h"
#include "model/time.h"

namespace xiaogate::cli {

struct Question {
  std::string config;      // the site configuration's file
  std::string gate;        // an access point's id, or that of a gate that only one opens
  std::string credential;  // who: a credential id that the cache in `data` has,
  std::string phone;       // or the credential of this phone's file,
  std::string scope;       // or anybody with this scope
  std::string subject;     // and this pseudonym
  std::string at;          // local time of the site, "2026-10-01T08:30"; empty: now
  std::string data;        // data directory; empty: nobody is inside
};

// Says which rule decided, and every rule that was asked, as access::decide_admission() tells it.
// Returns the exit code: that of success whatever the verdict is.
int explain_access(const Output& output, const Question& question, WallTime now);

}  // namespace xiaogate::cli
