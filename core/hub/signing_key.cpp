#include "hub/signing_key.h"

#include "cose/digest.h"
#include "cose/sign1.h"
#include "process/private_file.h"

namespace xiaogate::hub {
namespace {

constexpr std::size_t kMaxPem = 16 * 1024;

Json entry(const SigningKey& key) {
  return {{"kid", key.kid.text()}, {"key", to_hex(cose::encode_public_key(key.key.public_key()))}};
}

}  // namespace

KeyId key_id(const PublicKey& key) {
  const Bytes encoded = cose::encode_public_key(key);
  const Digest thumbprint = cose::sha256({encoded});
  return *KeyId::from_bytes(ByteView(thumbprint).first(KeyId::kSize));
}

Result<std::string> SigningKey::sign(std::string_view payload) const {
  const auto envelope = cose::sign1(key, kid, as_bytes(payload));
  if (!envelope) return std::unexpected(envelope.error());
  return std::string(as_text(*envelope));
}

Result<SigningKey> make_key_file(const std::filesystem::path& path, Algorithm algorithm) {
  auto key = cose::PrivateKey::generate(algorithm);
  if (!key) return std::unexpected(key.error());
  auto written = process::write_private_file(path, key->pem(), process::IfThere::refuse);
  if (!written) return std::unexpected(written.error());
  return SigningKey(std::move(*key));
}

Result<SigningKey> read_key_file(const std::filesystem::path& path) {
  const auto pem = process::read_file(path, kMaxPem);
  if (!pem) return std::unexpected(pem.error());
  auto key = cose::PrivateKey::from_pem(*pem);
  if (!key) return failure(key.error().code, path.string() + ": " + key.error().text);
  return SigningKey(std::move(*key));
}

Json trust_list(const SigningKey& issuer, const SigningKey& feed) {
  return {{"issuers", Json::array({entry(issuer)})}, {"feed", entry(feed)}};
}

}  // namespace xiaogate::hub
