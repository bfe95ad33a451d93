#include "access/trace.h"

#include <algorithm>
#include <array>

namespace xiaogate::access {

std::string_view to_string(Rule rule) {
  static constexpr std::array<std::string_view, kRuleCount> kNames{"shape",
                                                                   "algorithm",
                                                                   "known_credential",
                                                                   "trusted_issuer",
                                                                   "signature",
                                                                   "status",
                                                                   "not_before",
                                                                   "expiry",
                                                                   "freshness",
                                                                   "single_use",
                                                                   "accepted_profile",
                                                                   "known_profile",
                                                                   "profile_area",
                                                                   "profile_vehicle",
                                                                   "profile_hours",
                                                                   "ban",
                                                                   "open_access_point",
                                                                   "anti_passback",
                                                                   "capacity",
                                                                   "lock_down"};
  return kNames.at(static_cast<std::size_t>(rule));
}

const Step* deciding_step(const Trace& trace, Verdict verdict) {
  const bool granted = verdict == Verdict::granted;
  const auto decided = [&](const Step& step) {
    if (granted)
      return step.passed && step.rule >= Rule::accepted_profile && step.rule <= Rule::profile_hours;
    // A later name of the scope may have failed at another question.
    if (verdict == Verdict::outside_schedule && step.rule != Rule::profile_hours) return false;
    return !step.passed;
  };
  const auto found = std::find_if(trace.rbegin(), trace.rend(), decided);
  return found == trace.rend() ? nullptr : &*found;
}

}  // namespace xiaogate::access
