// COSE_Sign1 (RFC 9052, section 4.2), the one envelope of everything that is signed: rider codes,
// credentials, feed batches, configuration bundles, hub commands.
#pragma once

#include <optional>

#include "cose/key.h"
#include "model/bytes.h"
#include "model/id.h"
#include "model/result.h"

namespace xiaogate::cose {

// A parsed envelope. All views borrow from the bytes given to parse_sign1().
// The protected header is exactly {1: alg, 4: kid}, kid 8 octets; the signature 64 octets.
struct Sign1 {
  std::int64_t algorithm = 0;  // as it stands in the message, known or not
  KeyId kid;
  ByteView protected_header;  // serialised map
  ByteView payload;
  ByteView signature;
  std::optional<ByteView> kcwt;  // unprotected label 13 (RFC 9528), when present
};

// Strict: tag 18, definite lengths, shortest integer forms, no duplicate map keys, no octets after
// the item, nesting at most 6, at most `limit` octets. Unknown unprotected labels are ignored, an
// unknown protected label is refused. Error: "cose.malformed", text says what and at which offset.
Result<Sign1> parse_sign1(ByteView bytes, std::size_t limit);

// Why an envelope is not believed.
enum class Trust { good, unsupported_algorithm, bad_signature };

// `unsupported_algorithm` when the message's alg is not the key's (the key decides, no fallback).
Trust check(const Sign1& message, const PublicKey& key);

// What the signature is over: Sig_structure ["Signature1", protected, h'', payload].
Bytes signed_octets(const Sign1& message);

// Makes an envelope. `kcwt`, one serialised CBOR item, goes into the unprotected header under label
// 13. Error: "key.sign".
Result<Bytes> sign1(const PrivateKey& key, const KeyId& kid, ByteView payload,
                    std::optional<ByteView> kcwt = std::nullopt);

}  // namespace xiaogate::cose
