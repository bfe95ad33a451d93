// The rider code, version 1: what a rider's phone shows to a reader.
// Text form "XG1:" + base45(COSE_Sign1); the shape is described in docs/rider-code.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cose/key.h"
#include "model/credential.h"
#include "model/result.h"

namespace xiaogate::access {

inline constexpr std::size_t kMaxCodeText = 2048;    // characters after base45
inline constexpr std::size_t kMaxCodeOctets = 1024;  // octets before base45

// A credential as the issuer signed it. Nothing in it is believed before the signature is checked.
struct IssuedCredential {
  Credential credential;
  std::int64_t algorithm = 0;
  KeyId issuer;
  Bytes signed_octets;
  Bytes signature;
};

// A code whose shape is right. Nothing in it is believed before the signature is checked.
struct RiderCode {
  CredentialId credential;  // the outer kid
  std::int64_t algorithm = 0;
  std::uint64_t issued_at = 0;  // iat, whole Unix seconds
  Bytes signed_octets;
  Bytes signature;
  std::optional<IssuedCredential> issued;  // self-contained codes
};

// `text` without the CR, LF and blanks at its end that readers add.
std::string_view strip_reader_ending(std::string_view text);

// Strips the reader's ending, nothing else; then the strict shape.
// Error: "code.malformed", and the sentence says what is wrong.
Result<RiderCode> parse_rider_code(std::string_view text);

// Signs a fresh code with the rider's device key. With `issued` (the issuer's COSE_Sign1 octets)
// the code is self-contained. Errors: "code.time" before 1970, "key.sign".
Result<std::string> make_rider_code(const cose::PrivateKey& device_key, const CredentialId& id,
                                    WallTime now, std::optional<ByteView> issued = std::nullopt);

// Signs a credential as the issuer; the octets of the COSE_Sign1. Times are cut to whole seconds.
// Errors: "credential.invalid", "key.sign".
Result<Bytes> issue_credential(const cose::PrivateKey& issuer_key, const KeyId& issuer,
                               const Credential& credential);

}  // namespace xiaogate::access
