// One entry of the journal.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "model/time.h"

namespace xiaogate {

using Digest = std::array<std::uint8_t, 32>;

// A record is immutable once sealed: `hash` covers every other field, and `prev` is the hash of the
// record with the sequence number before it (32 zero octets for the first).
struct Record {
  std::uint64_t seq = 0;  // 1, 2, 3, ... without gaps
  WallTime time;
  std::string kind;  // e.g. "access_granted"
  std::string body;  // JSON object in RFC 8785 form, at most kMaxBody octets
  Digest prev{};
  Digest hash{};

  static constexpr std::size_t kMaxBody = 1024;

  bool operator==(const Record&) const = default;
};

}  // namespace xiaogate
