// Who is inside which area, as far as scans tell. Asked by anti-passback and capacity.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "model/id.h"
#include "model/time.h"

namespace xiaogate::access {

// A value; changes by enter() and leave() alone. Somebody who left without a scan is forgotten at
// `until`.
class Presence {
 public:
  bool inside(const std::string& area, const CredentialId& who, WallTime now) const;
  std::size_t count(const std::string& area, WallTime now) const;

  // Whoever is inside already stays until `until`.
  void enter(const std::string& area, const CredentialId& who, WallTime until);
  void leave(const std::string& area, const CredentialId& who);

 private:
  std::map<std::string, std::map<CredentialId, WallTime>> inside_;  // until when, by area
};

}  // namespace xiaogate::access
