// The rules that were asked on the way to a verdict, in the order of asking. A trace is written by
// the very functions that decide, so that an explanation cannot differ from a decision.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.h"

namespace xiaogate::access {

enum class Rule : std::uint8_t {
  shape,              // the text is a rider code
  algorithm,          // its signature's algorithm is known, and that of the key
  known_credential,   // the cache has the credential
  trusted_issuer,     // the credential's issuer is on the trust list
  signature,          // issuer's and rider's
  status,             // neither suspended nor revoked
  not_before,         // valid already
  expiry,             // valid still
  freshness,          // the code is neither too old nor ahead of the clock
  single_use,         // the code was not used yet
  accepted_profile,   // of a name in the scope: the access point accepts it
  known_profile,      // ... the site has a profile of that name
  profile_area,       // ... which holds in the access point's area
  profile_vehicle,    // ... and for what its lane lets through
  profile_hours,      // ... and at this time
  ban,                // the rider is not banned from the site
  open_access_point,  // the access point is not closed
  anti_passback,      // the credential is not inside the area already
  capacity,           // there is room in the area
  lock_down           // no lock-down stands here
};

inline constexpr std::size_t kRuleCount = 20;

// The identifier, e.g. "profile_hours".
std::string_view to_string(Rule rule);

struct Step {
  Rule rule = Rule::shape;
  bool passed = false;
  std::string subject;  // what was asked about: a profile, an area, an access point, a rider
  // The site's value that decided, free of language: "mon tue 06:00-22:00", "3/3", "60 s".
  std::string value;

  bool operator==(const Step&) const = default;
};

using Trace = std::vector<Step>;

// The step that `verdict` came from: the rule that refused, or for a grant the last question about
// the profile that let in. Null when no rule was asked (a site without profiles).
const Step* deciding_step(const Trace& trace, Verdict verdict);

// Notes the answer of a rule, when somebody wants to know, and hands it on. `value` is called only
// then, and returns a text.
template <class Value>
bool note(Trace* trace, Rule rule, bool passed, std::string_view subject, Value value) {
  if (trace != nullptr) trace->push_back({rule, passed, std::string(subject), value()});
  return passed;
}
inline bool note(Trace* trace, Rule rule, bool passed, std::string_view subject = {}) {
  return note(trace, rule, passed, subject, [] { return std::string(); });
}

}  // namespace xiaogate::access
