// Who holds which battery, as far as this site has handed it out.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "site/journal_writer.h"

namespace xiaogate::site {

// Kept as the site's state, one key a battery. A battery nobody is known to hold may come from
// another site and belongs to whoever brings it. Lives on the site's thread.
class Batteries {
 public:
  // From Recovered::state; ignores keys of others.
  explicit Batteries(const std::map<std::string, std::string>& state);

  std::optional<std::string> holder(const std::string& battery) const;
  std::optional<std::string> held_by(const std::string& rider) const;

  // A rider holds one battery: what he held before he has handed in somewhere else.
  void hand_out(Effects& out, const std::string& battery, const std::string& rider);
  void take_in(Effects& out, const std::string& battery);

 private:
  std::map<std::string, std::string> holder_;   // by battery
  std::map<std::string, std::string> battery_;  // by rider
};

}  // namespace xiaogate::site
