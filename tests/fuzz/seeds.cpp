#include "tests/fuzz/seeds.h"

#include "access/rider_code.h"

namespace xiaogate::fuzz {
namespace {

// Keys of 32 equal octets: for these targets alone.
cose::PrivateKey key_of(const char* base64) {
  return cose::PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + std::string(base64) +
                                    "\n-----END PRIVATE KEY-----\n")
      .value();
}

Seeds make_seeds() {
  using namespace std::chrono_literals;
  const WallTime now{1'791'946'695s};
  const CredentialId id({0x30, 0xB1, 0xA0, 0x11, 0x22, 0xD7, 0x7F, 0x1F});
  const KeyId issuer_id({1, 2, 3, 4, 5, 6, 7, 8});
  auto device = key_of("MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB");
  auto issuer = key_of("MC4CAQAwBQYDK2VwBCIEIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC");
  const Credential credential{id, "r-1", device.public_key(), now - 24h, now + 24h, "rider.gate"};
  Bytes issued = access::issue_credential(issuer, issuer_id, credential).value();
  std::vector<std::string> codes;
  for (const auto age : {-60s, 0s, 1s, 59s}) {
    codes.push_back(access::make_rider_code(device, id, now - age).value());
    codes.push_back(access::make_rider_code(device, id, now - age, issued).value());
  }
  return {now, id, issuer_id, std::move(device), std::move(issuer), credential, issued, codes};
}

}  // namespace

const Seeds& seeds() {
  static const Seeds made = make_seeds();
  return made;
}

}  // namespace xiaogate::fuzz
