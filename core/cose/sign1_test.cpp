#include "cose/sign1.h"

#include <gmock/gmock.h>

#include "cose/cbor.h"

namespace xiaogate::cose {
namespace {

using testing::HasSubstr;

constexpr std::size_t kLimit = 1024;
const Bytes kPayload = {0xA0};
const Bytes kZeros(64);
const KeyId kKid(std::array<std::uint8_t, 8>{1, 2, 3, 4, 5, 6, 7, 8});

Bytes header(std::int64_t algorithm = -8) {
  return Writer().map(2).integer(1).integer(algorithm).integer(4).bytes(kKid.bytes()).octets();
}

// An envelope of any parts, the signature not being one.
Bytes envelope(ByteView protected_header, ByteView unprotected = Bytes{0xA0},
               ByteView signature = kZeros) {
  return Writer()
      .tag(18)
      .array(4)
      .bytes(protected_header)
      .item(unprotected)
      .bytes(kPayload)
      .bytes(signature)
      .octets();
}

std::string refusal(const Bytes& octets) {
  const auto message = parse_sign1(octets, kLimit);
  return message ? "accepted" : std::string(message.error().text);
}

class Envelope : public testing::TestWithParam<Algorithm> {};

TEST_P(Envelope, GoesThereAndBack) {
  const PrivateKey key = PrivateKey::generate(GetParam()).value();
  const Bytes octets = sign1(key, kKid, kPayload).value();
  const Sign1 message = parse_sign1(octets, kLimit).value();
  EXPECT_EQ(message.algorithm, static_cast<std::int64_t>(GetParam()));
  EXPECT_EQ(message.kid, kKid);
  EXPECT_THAT(message.payload, testing::ElementsAreArray(kPayload));
  EXPECT_FALSE(message.kcwt.has_value());
  EXPECT_EQ(check(message, key.public_key()), Trust::good);
}

TEST_P(Envelope, ChangedOctetsAreNeverBelieved) {
  const PrivateKey key = PrivateKey::generate(GetParam()).value();
  const Bytes octets = sign1(key, kKid, kPayload).value();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    Bytes changed = octets;
    changed[i] ^= 1U;
    const auto message = parse_sign1(changed, kLimit);
    EXPECT_TRUE(!message || check(*message, key.public_key()) != Trust::good) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Sign1, Envelope,
                         testing::Values(Algorithm::ed25519, Algorithm::es256, Algorithm::sm2),
                         [](const auto& test) { return std::string(to_string(test.param)); });

TEST(Check, TheKeyDecidesTheAlgorithm) {
  const PrivateKey es256 = PrivateKey::generate(Algorithm::es256).value();
  const Bytes octets = sign1(es256, kKid, kPayload).value();
  PublicKey other = es256.public_key();
  other.algorithm = Algorithm::sm2;
  EXPECT_EQ(check(parse_sign1(octets, kLimit).value(), other), Trust::unsupported_algorithm);
}

TEST(Check, TheProtectedHeaderIsSigned) {
  const PrivateKey key = PrivateKey::generate(Algorithm::ed25519).value();
  const Bytes octets = sign1(key, kKid, kPayload).value();
  Sign1 message = parse_sign1(octets, kLimit).value();
  const Bytes other = header(-7);
  message.protected_header = other;
  EXPECT_EQ(check(message, key.public_key()), Trust::bad_signature);
}

// RFC 9052, section 4.4.
TEST(SignedOctets, AreTheSigStructure) {
  const Bytes octets = envelope(header());
  const Sign1 message = parse_sign1(octets, kLimit).value();
  EXPECT_EQ(to_hex(signed_octets(message)),
            "84"
            "6a5369676e617475726531"
            "4d" +
                to_hex(header()) +
                "40"
                "41a0");
}

TEST(Parse, KeepsTheKcwtAsItStands) {
  const Bytes inner = envelope(header());
  const Bytes outer = envelope(header(), Writer().map(1).integer(13).item(inner).octets());
  const auto message = parse_sign1(outer, kLimit);
  ASSERT_TRUE(message.has_value()) << message.error().text;
  EXPECT_THAT(message->kcwt.value(), testing::ElementsAreArray(inner));
}

TEST(Parse, IgnoresUnknownUnprotectedLabels) {
  EXPECT_EQ(refusal(envelope(header(), from_hex("a118638101").value())), "accepted");
}

TEST(Parse, KeepsAnAlgorithmItDoesNotKnow) {
  const Bytes octets = envelope(header(5));
  EXPECT_EQ(parse_sign1(octets, kLimit)->algorithm, 5);
}

TEST(Parse, TakesTheProtectedLabelsInEitherOrder) {
  EXPECT_EQ(refusal(envelope(
                Writer().map(2).integer(4).bytes(kKid.bytes()).integer(1).integer(-8).octets())),
            "accepted");
}

TEST(Parse, RefusesAnotherShape) {
  const Bytes good = envelope(header());
  EXPECT_THAT(refusal({}), HasSubstr("missing"));
  EXPECT_THAT(refusal(Bytes(good.begin() + 1, good.end())), HasSubstr("not a tag"));
  Bytes tag17 = good;
  tag17[0] = 0xD1;
  EXPECT_THAT(refusal(tag17), HasSubstr("(18)"));
  EXPECT_THAT(refusal(Writer().tag(18).array(3).bytes(header()).map(0).bytes(kPayload).octets()),
              HasSubstr("array of 4"));
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_THAT(refusal(longer), HasSubstr("after the item"));
  EXPECT_THAT(refusal(envelope(header(), Bytes{0x80})), HasSubstr("not a map"));
  EXPECT_THAT(refusal(envelope(header(), from_hex("a1616101").value())),
              HasSubstr("not an integer"));
  EXPECT_THAT(refusal(Writer()
                          .tag(18)
                          .array(4)
                          .bytes(header())
                          .map(0)
                          .item(Bytes{0xF6})
                          .bytes(kZeros)
                          .octets()),
              HasSubstr("byte string"))
      << "a detached payload";
}

TEST(Parse, RefusesAnotherProtectedHeader) {
  EXPECT_THAT(refusal(envelope({})), HasSubstr("protected header"));
  EXPECT_THAT(refusal(envelope(Bytes{0xA0})), HasSubstr("labels 1 and 4"));
  EXPECT_THAT(
      refusal(envelope(Writer().map(2).integer(1).integer(-8).integer(3).integer(0).octets())),
      HasSubstr("unknown label"));
  EXPECT_THAT(
      refusal(envelope(
          Writer().map(2).integer(1).integer(-8).integer(4).bytes(kKid.bytes().first(7)).octets())),
      HasSubstr("8 octets"));
  EXPECT_THAT(
      refusal(envelope(
          Writer().map(2).integer(1).text("EdDSA").integer(4).bytes(kKid.bytes()).octets())),
      HasSubstr("not an integer"));
  Bytes longer = header();
  longer.push_back(0);
  EXPECT_THAT(refusal(envelope(longer)), HasSubstr("after the item"));
}

TEST(Parse, RefusesAnotherSignatureLength) {
  const Bytes longer(65);
  EXPECT_THAT(refusal(envelope(header(), Bytes{0xA0}, ByteView(longer).first(63))),
              HasSubstr("64 octets"));
  EXPECT_THAT(refusal(envelope(header(), Bytes{0xA0}, longer)), HasSubstr("64 octets"));
}

TEST(Parse, HoldsTheLimit) {
  const Bytes octets = envelope(header());
  EXPECT_TRUE(parse_sign1(octets, octets.size()).has_value());
  EXPECT_EQ(parse_sign1(octets, octets.size() - 1).error().code, "cose.malformed");
}

}  // namespace
}  // namespace xiaogate::cose
