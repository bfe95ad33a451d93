#include "access/used_codes.h"

#include <algorithm>
#include <cstring>

namespace xiaogate::access {

// The key is part of a cryptographic digest: any eight octets of it are a good hash.
std::size_t UsedCodes::KeyHash::operator()(const CodeKey& key) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

const UsedCodes::Use* UsedCodes::find(const CodeKey& key) const {
  const auto found = uses_.find(key);
  return found == uses_.end() ? nullptr : &found->second;
}

void UsedCodes::remember(const CodeKey& key, Use use, WallTime until) {
  if (uses_.try_emplace(key, std::move(use)).second) expiries_.push_back({until, key});
}

void UsedCodes::expire(WallTime now) {
  while (!expiries_.empty() && expiries_.front().until < now) {
    uses_.erase(expiries_.front().key);
    forgotten_until_ = std::max(forgotten_until_, expiries_.front().until);
    expiries_.pop_front();
  }
}

}  // namespace xiaogate::access
