#include "access/rider_code.h"

#include <map>

#include <gmock/gmock.h>

#include "access/base45.h"
#include "access/claims.h"
#include "cose/cbor.h"
#include "cose/sign1.h"

namespace xiaogate::access {
namespace {

using cose::Writer;
using testing::HasSubstr;

constexpr WallTime kNow = WallTime(std::chrono::seconds(1'791'946'695));
const CredentialId kId(std::array<std::uint8_t, 8>{0x30, 0xB1, 0xA0, 0x11, 0x22, 0xD7, 0x7F, 0x1F});
const KeyId kIssuer(std::array<std::uint8_t, 8>{1, 2, 3, 4, 5, 6, 7, 8});

Credential credential_of(const PublicKey& key) {
  return {kId,
          "r-f3165541b83f01fa",
          key,
          kNow - std::chrono::days(1),
          kNow + std::chrono::days(30),
          "rider.gate"};
}

// The octets of a code, and a code of such octets.
Bytes octets_of(const std::string& code) {
  return decode_base45(std::string_view(code).substr(4)).value();
}
std::string code_of(ByteView octets) {
  return "XG1:" + encode_base45(octets);
}

std::string refusal(std::string_view text) {
  const auto code = parse_rider_code(text);
  return code ? "accepted" : std::string(code.error().text);
}

// Characters of the full code, rider and issuer of one algorithm. A key with y is 35 octets longer.
const std::map<Algorithm, std::size_t> kFullCode = {
    {Algorithm::ed25519, 417}, {Algorithm::es256, 469}, {Algorithm::sm2, 487}};

class RiderCodeOf : public testing::TestWithParam<Algorithm> {
 protected:
  const cose::PrivateKey device_ = cose::PrivateKey::generate(GetParam()).value();
  const cose::PrivateKey issuer_ = cose::PrivateKey::generate(GetParam()).value();
  const bool sm2_ = GetParam() == Algorithm::sm2;
};

TEST_P(RiderCodeOf, ByReferenceGoesThereAndBack) {
  const std::string text = make_rider_code(device_, kId, kNow + Millis(999)).value();
  EXPECT_EQ(text.size(), sm2_ ? 147U : 141U);
  const RiderCode code = parse_rider_code(text).value();
  EXPECT_EQ(code.credential, kId);
  EXPECT_EQ(code.algorithm, static_cast<std::int64_t>(GetParam()));
  EXPECT_EQ(code.issued_at, 1'791'946'695U);
  EXPECT_FALSE(code.issued.has_value());
  EXPECT_TRUE(cose::verify(device_.public_key(), code.signed_octets, code.signature));
}

TEST_P(RiderCodeOf, SelfContainedGoesThereAndBack) {
  const Credential credential = credential_of(device_.public_key());
  const Bytes issued = issue_credential(issuer_, kIssuer, credential).value();
  const std::string text = make_rider_code(device_, kId, kNow, issued).value();
  EXPECT_EQ(text.size(), kFullCode.at(GetParam()));
  const RiderCode code = parse_rider_code(text).value();
  ASSERT_TRUE(code.issued.has_value());
  EXPECT_EQ(code.issued->credential, credential);
  EXPECT_EQ(code.issued->issuer, kIssuer);
  EXPECT_TRUE(
      cose::verify(issuer_.public_key(), code.issued->signed_octets, code.issued->signature));
  EXPECT_TRUE(cose::verify(device_.public_key(), code.signed_octets, code.signature));
}

INSTANTIATE_TEST_SUITE_P(RiderCode, RiderCodeOf,
                         testing::Values(Algorithm::ed25519, Algorithm::es256, Algorithm::sm2),
                         [](const auto& test) { return std::string(to_string(test.param)); });

class Shape : public testing::Test {
 protected:
  // An issuer's message over any claims, in a code whose kid is kId.
  std::string with_claims(ByteView claims) {
    const Bytes issued = cose::sign1(key_, kIssuer, claims).value();
    return make_rider_code(key_, kId, kNow, issued).value();
  }
  Bytes claims(std::string_view subject = "r-1", std::string_view scope = "a b",
               ByteView id = kId.bytes()) {
    return Writer()
        .map(6)
        .integer(2)
        .text(subject)
        .integer(4)
        .integer(2)
        .integer(5)
        .integer(1)
        .integer(7)
        .bytes(id)
        .integer(8)
        .map(1)
        .integer(1)
        .item(cose::encode_public_key(key_.public_key()))
        .integer(9)
        .text(scope)
        .octets();
  }

  const cose::PrivateKey key_ = cose::PrivateKey::generate(Algorithm::ed25519).value();
};

TEST_F(Shape, StripsTheReadersEndingAndNothingElse) {
  const std::string code = make_rider_code(key_, kId, kNow).value();
  EXPECT_EQ(refusal(code + "\r\n"), "accepted");
  EXPECT_EQ(refusal(code + "\n"), "accepted");
  EXPECT_EQ(refusal(code + "  \r\n "), "accepted");
  EXPECT_NE(refusal(" " + code), "accepted");
  EXPECT_NE(refusal(code + "\t"), "accepted");
  EXPECT_NE(refusal(code + std::string(1, '\0')), "accepted");
  EXPECT_NE(refusal("XG1: " + code.substr(4)), "accepted");
  EXPECT_EQ(strip_reader_ending("\r\n "), "");
}

TEST_F(Shape, RefusesOtherTexts) {
  for (const char* text : {"", "XG1", "XG1:", "xg1:00", "HC1:00", "XG1:#", "XG2:00"}) {
    EXPECT_EQ(parse_rider_code(text).error().code, "code.malformed") << text;
  }
  EXPECT_THAT(refusal("XG1:" + std::string(2049, '0')), HasSubstr("2048"));
  EXPECT_THAT(refusal("XG1:" + std::string(2046, '0')), HasSubstr("at most 1024"));
}

TEST_F(Shape, HoldsTheLimitOfOctets) {
  const auto padded = [&](std::size_t octets) {
    const Bytes padding(octets);
    const Bytes code = octets_of(make_rider_code(key_, kId, kNow).value());
    const cose::Sign1 message = cose::parse_sign1(code, kMaxCodeOctets).value();
    return Writer()
        .tag(18)
        .array(4)
        .bytes(message.protected_header)
        .map(1)
        .integer(99)
        .bytes(padding)
        .bytes(message.payload)
        .bytes(message.signature)
        .octets();
  };
  const std::size_t rest = padded(300).size() - 300;
  EXPECT_EQ(refusal(code_of(padded(1024 - rest))), "accepted");
  EXPECT_THAT(refusal(code_of(padded(1025 - rest))), HasSubstr("at most 1024"));
}

TEST_F(Shape, TakesAnyUnsignedIssuedAt) {
  const Bytes last = Writer().map(1).integer(6).unsigned_integer(~std::uint64_t{0}).octets();
  EXPECT_EQ(read_issued_at(last).value(), ~std::uint64_t{0});
  EXPECT_EQ(read_issued_at(write_issued_at(0)).value(), 0U);
  EXPECT_EQ(from_unix_seconds(~std::uint64_t{0}), WallTime(std::chrono::seconds(253'402'300'799)));
}

TEST_F(Shape, IgnoresUnknownClaims) {
  EXPECT_TRUE(read_issued_at(Writer()
                                 .map(3)
                                 .integer(6)
                                 .integer(1)
                                 .integer(77)
                                 .array(1)
                                 .integer(0)
                                 .text("x")
                                 .map(0)
                                 .octets())
                  .has_value());
}

TEST_F(Shape, RefusesOtherClaimsOfACode) {
  const auto fault = [](const Bytes& payload) { return read_issued_at(payload).error().text; };
  EXPECT_THAT(fault(Writer().map(0).octets()), HasSubstr("without iat"));
  EXPECT_THAT(fault(Writer().map(1).integer(6).integer(-1).octets()), HasSubstr("unsigned"));
  EXPECT_THAT(fault(Writer().map(1).integer(6).text("1").octets()), HasSubstr("unsigned"));
  EXPECT_THAT(fault(Writer().map(1).bytes({}).integer(1).octets()), HasSubstr("integer"));
  EXPECT_THAT(fault(Writer().integer(6).octets()), HasSubstr("map"));
  EXPECT_THAT(fault({}), HasSubstr("missing"));
}

TEST_F(Shape, RefusesOtherCredentials) {
  EXPECT_EQ(refusal(with_claims(claims())), "accepted");
  EXPECT_EQ(refusal(with_claims(claims(std::string(32, 'r')))), "accepted");
  EXPECT_THAT(refusal(with_claims(claims(std::string(33, 'r')))), HasSubstr("sub"));
  EXPECT_THAT(refusal(with_claims(claims(""))), HasSubstr("sub"));
  EXPECT_EQ(refusal(with_claims(claims("r-1", ""))), "accepted");
  for (const char* scope : {" a", "a ", "a  b", " "}) {
    EXPECT_THAT(refusal(with_claims(claims("r-1", scope))), HasSubstr("scope")) << scope;
  }
  EXPECT_THAT(refusal(with_claims(claims("r-1", "a", kIssuer.bytes()))), HasSubstr("cti"));
  EXPECT_THAT(refusal(with_claims(claims("r-1", "a", kId.bytes().first(7)))), HasSubstr("cti"));
  EXPECT_THAT(refusal(make_rider_code(key_, kId, kNow, Bytes{0x01}).value()),
              HasSubstr("credential"));
}

// Every claim of a credential is needed: each left out in turn.
TEST_F(Shape, RefusesACredentialThatLacksAClaim) {
  const Bytes all = claims();
  for (const std::int64_t left_out : {2, 4, 5, 7, 8, 9}) {
    cose::Reader in(all);
    Writer out;
    out.map(5);
    for (std::uint64_t left = in.map(); left > 0; --left) {
      const std::int64_t key = in.integer();
      const ByteView value = in.item();
      if (key != left_out) out.integer(key).item(value);
    }
    EXPECT_THAT(refusal(with_claims(out.octets())), HasSubstr("missing")) << left_out;
  }
}

TEST_F(Shape, RefusesOtherConfirmations) {
  const auto confirmed = [&](const Bytes& cnf) {
    return with_claims(Writer()
                           .map(6)
                           .integer(2)
                           .text("r-1")
                           .integer(4)
                           .integer(2)
                           .integer(5)
                           .integer(1)
                           .integer(7)
                           .bytes(kId.bytes())
                           .integer(8)
                           .item(cnf)
                           .integer(9)
                           .text("a")
                           .octets());
  };
  const Bytes key = cose::encode_public_key(key_.public_key());
  EXPECT_EQ(refusal(confirmed(Writer().map(1).integer(1).item(key).octets())), "accepted");
  EXPECT_THAT(refusal(confirmed(Writer().map(0).octets())), HasSubstr("cnf"));
  EXPECT_THAT(refusal(confirmed(Writer().map(1).integer(3).item(key).octets())), HasSubstr("cnf"));
  EXPECT_THAT(refusal(confirmed(Writer().map(1).integer(1).integer(0).octets())),
              HasSubstr("COSE_Key"));
}

TEST(IssueCredential, RefusesWhatNobodyCouldRead) {
  const auto key = cose::PrivateKey::generate(Algorithm::ed25519).value();
  const auto code_after = [&](auto change) {
    Credential credential = credential_of(key.public_key());
    change(credential);
    return issue_credential(key, kIssuer, credential).error().code;
  };
  EXPECT_EQ(code_after([](Credential& c) { c.subject = std::string(33, 'r'); }),
            "credential.invalid");
  EXPECT_EQ(code_after([](Credential& c) { c.subject = "\xFF"; }), "credential.invalid");
  EXPECT_EQ(code_after([](Credential& c) { c.scope = "a  b"; }), "credential.invalid");
  EXPECT_EQ(code_after([](Credential& c) { c.not_before = WallTime(Millis(-1)); }),
            "credential.invalid");
}

TEST(MakeRiderCode, RefusesAClockBefore1970) {
  const auto key = cose::PrivateKey::generate(Algorithm::ed25519).value();
  EXPECT_EQ(make_rider_code(key, kId, WallTime(Millis(-1))).error().code, "code.time");
}

}  // namespace
}  // namespace xiaogate::access
