// What the gateway knows of a rider: a pseudonymous credential, never a name, number or face.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/id.h"
#include "model/time.h"

namespace xiaogate {

// COSE algorithm identifiers (RFC 9053; -65537 is private use for SM2 with SM3, GM/T 0009).
enum class Algorithm : std::int32_t { ed25519 = -8, es256 = -7, sm2 = -65537 };

// "ed25519", "es256", "sm2".
std::string_view to_string(Algorithm algorithm);

// A public key. x and y are big-endian coordinates; Ed25519 uses x alone (RFC 8032 encoding) and
// leaves y zero.
struct PublicKey {
  Algorithm algorithm = Algorithm::ed25519;
  std::array<std::uint8_t, 32> x{};
  std::array<std::uint8_t, 32> y{};

  bool operator==(const PublicKey&) const = default;
};

enum class CredentialStatus : std::uint8_t { active = 0, suspended = 1, revoked = 2 };

// "active", "suspended", "revoked".
std::string_view to_string(CredentialStatus status);
std::optional<CredentialStatus> parse_credential_status(std::string_view text);

struct Credential {
  CredentialId id;
  std::string subject;  // pseudonymous rider id, at most 32 bytes
  PublicKey key;        // the rider's device key
  WallTime not_before;
  WallTime expires;
  std::string scope;  // access-profile names separated by one blank

  bool operator==(const Credential&) const = default;
};

// What the cache holds under one id. A revocation can arrive for a credential that was never seen
// here: then only its status is known.
struct CachedCredential {
  CredentialStatus status = CredentialStatus::active;
  std::optional<Credential> credential;

  bool operator==(const CachedCredential&) const = default;
};

// One change of the hub's feed. `put` carries the credential (and its status); `revoke`, `suspend`
// and `restore` carry the status alone. Revoked is final: nothing after it makes the id valid
// again.
struct FeedChange {
  CredentialId id;
  std::optional<Credential> credential;
  CredentialStatus status = CredentialStatus::active;

  bool operator==(const FeedChange&) const = default;
};

// How far a region's feed has been applied. `hash` is the SHA-256 of the last batch's payload.
struct FeedPosition {
  std::string region;
  std::uint64_t seq = 0;  // 0: nothing yet
  std::array<std::uint8_t, 32> hash{};

  bool operator==(const FeedPosition&) const = default;
};

}  // namespace xiaogate
