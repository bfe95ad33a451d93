#include "access/presence.h"

#include <algorithm>

namespace xiaogate::access {

bool Presence::inside(const std::string& area, const CredentialId& who, WallTime now) const {
  const auto people = inside_.find(area);
  if (people == inside_.end()) return false;
  const auto stay = people->second.find(who);
  return stay != people->second.end() && now < stay->second;
}

std::size_t Presence::count(const std::string& area, WallTime now) const {
  const auto people = inside_.find(area);
  if (people == inside_.end()) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(people->second, [&](const auto& stay) { return now < stay.second; }));
}

void Presence::enter(const std::string& area, const CredentialId& who, WallTime until) {
  inside_[area][who] = until;
}

void Presence::leave(const std::string& area, const CredentialId& who) {
  const auto people = inside_.find(area);
  if (people != inside_.end()) people->second.erase(who);
}

}  // namespace xiaogate::access
