// Keys: COSE_Key (RFC 9052, section 7) in and out, signing and verifying with Ed25519, ES256 and
// SM2/SM3 through OpenSSL. Signatures are 64 octets r||s (Ed25519: RFC 8032 form); SM2 uses the
// signer id 1234567812345678 (GM/T 0009).
#pragma once

#include <array>
#include <memory>

#include "model/bytes.h"
#include "model/credential.h"
#include "model/result.h"

namespace xiaogate::cose {

using Signature = std::array<std::uint8_t, 64>;

// Strict CBOR (see cbor.h); exactly the members of the specification, in any order.
// Errors: "key.malformed", "key.unsupported".
Result<PublicKey> decode_public_key(ByteView cose_key);
Bytes encode_public_key(const PublicKey& key);

// True when `signature` over `message` verifies under `key`. Never fails otherwise: a point that is
// not on the curve is simply a signature that does not verify. Any thread.
bool verify(const PublicKey& key, ByteView message, ByteView signature);

// A private key. Movable, not copyable. Any one thread at a time.
class PrivateKey {
 public:
  // Error: "key.unsupported", when this OpenSSL lacks the algorithm.
  static Result<PrivateKey> generate(Algorithm algorithm);
  // PKCS #8 in PEM, unencrypted. Errors: "key.malformed".
  static Result<PrivateKey> from_pem(std::string_view pem);

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  std::string pem() const;
  const PublicKey& public_key() const { return public_key_; }
  // Error: "key.sign", when OpenSSL refuses.
  Result<Signature> sign(ByteView message) const;

 private:
  struct Handle;
  PrivateKey(std::unique_ptr<Handle> handle, const PublicKey& public_key);

  std::unique_ptr<Handle> handle_;
  PublicKey public_key_;
};

}  // namespace xiaogate::cose
