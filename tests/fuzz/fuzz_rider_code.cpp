// Any text through the whole verdict: nothing is granted, learned or named but what the one rider
// and the one issuer have signed.
//
// An input whose first octet is kChange is a recipe instead: which valid code, then position (2
// octets) and mask, three octets each, applied to the code's octets before base45.
#include <set>

#include "access/base45.h"
#include "access/decide.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/seeds.h"

using namespace xiaogate;

namespace {

constexpr std::uint8_t kChange = 0xF7;

class OneRider : public access::CredentialSource {
 public:
  explicit OneRider(bool cached) : cached_(cached) {}
  std::optional<CachedCredential> find(const CredentialId& id) override {
    if (!cached_ || id != fuzz::seeds().id) return std::nullopt;
    return CachedCredential{CredentialStatus::active, fuzz::seeds().credential};
  }

 private:
  bool cached_;
};

// What the rider has signed: decide() names a code by what its signature covers.
std::set<Bytes> signed_by_the_rider() {
  std::set<Bytes> covered;
  for (const std::string& code : fuzz::seeds().codes) {
    covered.insert(access::parse_rider_code(code)->signed_octets);
  }
  return covered;
}

void check(std::string_view text, const access::Decision& decision) {
  static const std::set<Bytes> covered = signed_by_the_rider();
  const auto code = access::parse_rider_code(text);
  require(code.has_value() == (decision.verdict != Verdict::malformed_code),
          "malformed is what does not parse");
  const bool is_signed = code && covered.contains(code->signed_octets);
  require(decision.verdict != Verdict::granted || is_signed, "no grant without a signature");
  require(!decision.credential || is_signed, "no rider is named without a signature");
  require(!decision.learned || *decision.learned == fuzz::seeds().credential,
          "no credential is learned that the issuer has not signed");
  require(!decision.repeat, "no repeat of what was never used");
  if (code) {
    const std::string_view stripped = access::strip_reader_ending(text);
    const auto octets = access::decode_base45(stripped.substr(4));
    require("XG1:" + access::encode_base45(octets.value()) == stripped, "one text for one code");
  }
}

void decide(std::string_view text) {
  static const access::TrustedIssuers issuers = {
      {fuzz::seeds().issuer_id, fuzz::seeds().issuer.public_key()}};
  static const access::AccessPoint point{
      .id = "gate-1", .closed = false, .exit = false, .profiles = {}};
  static const access::AccessPolicy policy;
  static const access::UsedCodes used;
  for (const bool cached : {true, false}) {
    OneRider credentials(cached);
    check(text,
          access::decide(text, {point, policy, issuers, used, credentials, fuzz::seeds().now}));
  }
}

std::string changed_code(ByteView recipe) {
  const auto& codes = fuzz::seeds().codes;
  const std::string& code = codes[recipe.empty() ? 0 : recipe[0] % codes.size()];
  Bytes octets = access::decode_base45(std::string_view(code).substr(4)).value();
  for (std::size_t i = 1; i + 3 <= recipe.size(); i += 3) {
    octets[(recipe[i] * 256U + recipe[i + 1]) % octets.size()] ^= recipe[i + 2];
  }
  return "XG1:" + access::encode_base45(octets);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView octets(data, size);
  if (size > 0 && data[0] == kChange) {
    decide(changed_code(octets.subspan(1)));
  } else {
    decide(as_text(octets));
  }
  return 0;
}
