// Who is inside the areas that ask for it (anti-passback, capacity), as the journal's own records
// tell: whoever was let in and is not known to have stayed outside, until let out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "access/presence.h"
#include "site/config.h"
#include "site/journal_writer.h"

namespace xiaogate::site {

// Survives a restart as the site's state "inside/<area>/<credential>". Costs nothing at a site
// whose areas do not ask. Lives on the site's thread.
class HeadCount {
 public:
  HeadCount(const SiteConfig& config, const std::map<std::string, std::string>& state);

  // Follows the records among the writes of `out`, and puts what has changed.
  void follow(Effects& out);

  const access::Presence& presence() const { return presence_; }

 private:
  using Key = std::pair<std::string, CredentialId>;  // area, who
  struct Stay {
    std::uint64_t decision = 0;
    WallTime until;
  };
  // An area of an access point, and whether the point leads out of it.
  struct Way {
    std::string area;
    Millis forget_after{0};
    bool exit = false;
  };

  void follow(Effects& out, const Record& record);
  void enter(Effects& out, const Way& way, const CredentialId& who, const Record& record);
  void leave(Effects& out, const Key& key);
  void forget(Effects& out, WallTime now);

  std::multimap<std::string, Way> ways_;  // by access point
  std::map<Key, Stay> stays_;
  access::Presence presence_;
};

}  // namespace xiaogate::site
