// The keys that the hub signs with, and the trust list by which gateways believe them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "cose/key.h"
#include "model/id.h"
#include "model/json.h"
#include "model/result.h"

namespace xiaogate::hub {

// The first eight octets of the COSE Key Thumbprint with SHA-256 (RFC 9679).
KeyId key_id(const PublicKey& key);

// A private key and its id. Lives on one thread.
struct SigningKey {
  explicit SigningKey(cose::PrivateKey private_key)
      : key(std::move(private_key)), kid(key_id(key.public_key())) {}

  // The COSE_Sign1 over `payload`. Error: "key.sign".
  Result<std::string> sign(std::string_view payload) const;

  cose::PrivateKey key;
  KeyId kid;
};

// PEM files of mode 0600. Errors: those of process/private_file.h and cose/key.h.
Result<SigningKey> make_key_file(const std::filesystem::path& path, Algorithm algorithm);
Result<SigningKey> read_key_file(const std::filesystem::path& path);

// The document that site::parse_trust_list() reads.
Json trust_list(const SigningKey& issuer, const SigningKey& feed);

}  // namespace xiaogate::hub
