// The memory that makes a code good for one use.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "model/time.h"

namespace xiaogate::access {

// Identifies "this very code": the first 16 octets of SHA-256 over what its signature covers (for a
// text that is no code: over the text). Not over the signature: an ECDSA signature can be altered
// without the key and still verify.
using CodeKey = std::array<std::uint8_t, 16>;

// Remembers used codes until they are stale by themselves. Lives on the site's thread. Holds at
// most what was used within two of the widest freshness windows (remember_until() in decide.h).
class UsedCodes {
 public:
  struct Use {
    std::string access_point;
    WallTime at;
  };

  // The use of `key`, or null.
  const Use* find(const CodeKey& key) const;
  // Remembers until `until`; a later call for the same key changes nothing.
  void remember(const CodeKey& key, Use use, WallTime until);
  // Forgets what is stale by `now` (`until` itself is not yet), as far as nothing remembered
  // earlier must still be kept.
  void expire(WallTime now);
  // A code to be remembered until then or earlier may have been used and forgotten since. It
  // matters only to a clock that is set back: until then such a code is stale anyway.
  WallTime forgotten_until() const { return forgotten_until_; }
  std::size_t size() const { return uses_.size(); }

 private:
  struct KeyHash {
    std::size_t operator()(const CodeKey& key) const noexcept;
  };
  struct Expiry {
    WallTime until;
    CodeKey key;
  };
  std::unordered_map<CodeKey, Use, KeyHash> uses_;
  std::deque<Expiry> expiries_;  // in order of remembering
  WallTime forgotten_until_ = WallTime::min();
};

}  // namespace xiaogate::access
