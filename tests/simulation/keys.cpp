#include "tests/simulation/keys.h"

#include <string>

#include "cose/digest.h"

namespace xiaogate::simulation {
namespace {

std::string base64(const Bytes& octets) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i + 2 < octets.size(); i += 3) {
    const auto group =
        static_cast<std::uint32_t>(octets[i] << 16 | octets[i + 1] << 8 | octets[i + 2]);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += kAlphabet[(group >> shift) & 63U];
  }
  return text;
}

}  // namespace

cose::PrivateKey key_number(std::uint64_t number) {
  // PKCS #8 of an Ed25519 secret (RFC 8410): 16 fixed octets and the secret; 48, so no padding.
  Bytes der = *from_hex("302e020100300506032b657004220420");
  const Digest secret = cose::sha256({as_bytes("simulation key " + std::to_string(number))});
  der.insert(der.end(), secret.begin(), secret.end());
  return *cose::PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + base64(der) +
                                     "\n-----END PRIVATE KEY-----\n");
}

}  // namespace xiaogate::simulation
