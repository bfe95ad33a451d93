// The answer to one scan, in the words of the rider-code specification.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace xiaogate {

// In the order in which they are decided; the first that applies is the verdict.
enum class Verdict : std::uint8_t {
  malformed_code,
  unsupported_algorithm,
  unknown_credential,
  unknown_issuer,
  bad_signature,
  credential_revoked,
  credential_suspended,
  credential_not_yet_valid,
  credential_expired,
  stale_code,
  future_code,
  replayed_code,
  no_access_profile,
  outside_schedule,
  site_banned,
  access_point_closed,
  anti_passback,
  area_full,
  lock_down,
  granted
};

inline constexpr std::size_t kVerdictCount = 20;

// The identifier as it stands in records and on the wire, e.g. "stale_code".
std::string_view to_string(Verdict verdict);
std::optional<Verdict> parse_verdict(std::string_view text);

// What the person at the gate is told, in one short sentence.
struct Sentence {
  std::string_view en;
  std::string_view zh;
};
Sentence explain(Verdict verdict);

}  // namespace xiaogate
