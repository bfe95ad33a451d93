#include "cose/key.h"

#include <gmock/gmock.h>

#include "cose/cbor.h"
#include "cose/digest.h"

namespace xiaogate::cose {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

class EveryAlgorithm : public testing::TestWithParam<Algorithm> {
 protected:
  const PrivateKey key_ = PrivateKey::generate(GetParam()).value();
  const Bytes message_ = {'o', 'p', 'e', 'n'};
};

TEST_P(EveryAlgorithm, VerifiesWhatItSigned) {
  const Signature signature = key_.sign(message_).value();
  EXPECT_TRUE(verify(key_.public_key(), message_, signature));
}

TEST_P(EveryAlgorithm, RefusesAnyBitChanged) {
  const Signature signature = key_.sign(message_).value();
  for (const std::size_t octet : {0, 31, 32, 63}) {
    Signature changed = signature;
    changed[octet] ^= 1U;
    EXPECT_FALSE(verify(key_.public_key(), message_, changed)) << octet;
  }
  EXPECT_FALSE(verify(key_.public_key(), Bytes{'o', 'p', 'e', 'm'}, signature));
  EXPECT_FALSE(verify(key_.public_key(), message_, ByteView(signature).first(63)));
  EXPECT_FALSE(verify(key_.public_key(), message_, {}));
}

TEST_P(EveryAlgorithm, RefusesZeroAndFullSignatures) {
  Signature signature{};
  EXPECT_FALSE(verify(key_.public_key(), message_, signature));
  signature.fill(0xFF);
  EXPECT_FALSE(verify(key_.public_key(), message_, signature));
}

TEST_P(EveryAlgorithm, RefusesAnotherKey) {
  const PrivateKey other = PrivateKey::generate(GetParam()).value();
  EXPECT_FALSE(verify(other.public_key(), message_, key_.sign(message_).value()));
}

TEST_P(EveryAlgorithm, SurvivesPem) {
  const auto again = PrivateKey::from_pem(key_.pem());
  ASSERT_TRUE(again.has_value()) << again.error().text;
  EXPECT_EQ(again->public_key(), key_.public_key());
  EXPECT_TRUE(verify(key_.public_key(), message_, again->sign(message_).value()));
}

TEST_P(EveryAlgorithm, SurvivesCoseKey) {
  EXPECT_EQ(decode_public_key(encode_public_key(key_.public_key())).value(), key_.public_key());
}

TEST_P(EveryAlgorithm, GivesSignaturesOfEveryLengthInDer) {
  // r or s with leading zero octets come one time in 128: both ways of conversion must pad.
  for (int i = 0; i < 400; ++i) {
    const Bytes message = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
    ASSERT_TRUE(verify(key_.public_key(), message, key_.sign(message).value())) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Key, EveryAlgorithm,
                         testing::Values(Algorithm::ed25519, Algorithm::es256, Algorithm::sm2),
                         [](const auto& test) { return std::string(to_string(test.param)); });

// RFC 8032, section 7.1, test 2.
TEST(Verify, KnowsRfc8032) {
  PublicKey key;
  const Bytes x = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  std::ranges::copy(x, key.x.begin());
  const Bytes signature =
      hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(verify(key, Bytes{0x72}, signature));
  EXPECT_FALSE(verify(key, Bytes{0x73}, signature));
}

// RFC 6979, appendix A.2.5: P-256, SHA-256, message "sample".
TEST(Verify, KnowsRfc6979) {
  PublicKey key;
  key.algorithm = Algorithm::es256;
  const Bytes x = hex("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
  const Bytes y = hex("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
  std::ranges::copy(x, key.x.begin());
  std::ranges::copy(y, key.y.begin());
  const Bytes signature =
      hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
          "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  EXPECT_TRUE(verify(key, as_bytes("sample"), signature));
  EXPECT_FALSE(verify(key, as_bytes("simple"), signature));
}

TEST(Verify, APointOffTheCurveVerifiesNothing) {
  for (const Algorithm algorithm : {Algorithm::es256, Algorithm::sm2}) {
    const PrivateKey key = PrivateKey::generate(algorithm).value();
    const Signature signature = key.sign(as_bytes("open")).value();
    PublicKey moved = key.public_key();
    moved.y[31] ^= 1U;
    EXPECT_FALSE(verify(moved, as_bytes("open"), signature));
    PublicKey zero;
    zero.algorithm = algorithm;
    EXPECT_FALSE(verify(zero, as_bytes("open"), signature));
    EXPECT_TRUE(verify(key.public_key(), as_bytes("open"), signature)) << "after the failures";
  }
}

struct BadKey {
  const char* name;
  Bytes octets;
  const char* code;
};

class BadCoseKey : public testing::TestWithParam<BadKey> {};

TEST_P(BadCoseKey, IsRefused) {
  const auto key = decode_public_key(GetParam().octets);
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().code, GetParam().code) << key.error().text;
}

Bytes okp(std::size_t x, std::int64_t curve = 6, std::int64_t type = 1) {
  const Bytes zeros(x);
  return Writer()
      .map(3)
      .integer(1)
      .integer(type)
      .integer(-1)
      .integer(curve)
      .integer(-2)
      .bytes(zeros)
      .octets();
}

Bytes ec2(std::size_t x, std::size_t y, std::int64_t curve = 1) {
  const Bytes xs(x);
  const Bytes ys(y);
  return Writer()
      .map(4)
      .integer(1)
      .integer(2)
      .integer(-1)
      .integer(curve)
      .integer(-2)
      .bytes(xs)
      .integer(-3)
      .bytes(ys)
      .octets();
}

const Bytes kHalfZero(32);

INSTANTIATE_TEST_SUITE_P(
    Key, BadCoseKey,
    testing::Values(
        BadKey{"empty", {}, "key.malformed"}, BadKey{"not_a_map", {0x80}, "key.malformed"},
        BadKey{"no_members", {0xA0}, "key.malformed"},
        BadKey{"no_curve", Writer().map(1).integer(1).integer(1).octets(), "key.malformed"},
        BadKey{"no_x", Writer().map(2).integer(1).integer(1).integer(-1).integer(6).octets(),
               "key.malformed"},
        BadKey{"short_x", okp(31), "key.malformed"}, BadKey{"long_x", okp(33), "key.malformed"},
        BadKey{"short_y", ec2(32, 31), "key.malformed"},
        BadKey{"long_sm2_x", ec2(33, 32, -65537), "key.malformed"},
        BadKey{"no_y", okp(32, 1, 2), "key.malformed"},
        BadKey{"y_for_ed25519",
               Writer()
                   .map(4)
                   .integer(1)
                   .integer(1)
                   .integer(-1)
                   .integer(6)
                   .integer(-2)
                   .bytes(kHalfZero)
                   .integer(-3)
                   .bytes(kHalfZero)
                   .octets(),
               "key.malformed"},
        BadKey{"an_alg_member",
               Writer()
                   .map(4)
                   .integer(1)
                   .integer(1)
                   .integer(3)
                   .integer(-8)
                   .integer(-1)
                   .integer(6)
                   .integer(-2)
                   .bytes(kHalfZero)
                   .octets(),
               "key.malformed"},
        BadKey{"text_x",
               Writer()
                   .map(3)
                   .integer(1)
                   .integer(1)
                   .integer(-1)
                   .integer(6)
                   .integer(-2)
                   .text("x")
                   .octets(),
               "key.malformed"},
        BadKey{"p384", ec2(32, 32, 2), "key.unsupported"},
        BadKey{"x25519", okp(32, 4), "key.unsupported"},
        BadKey{"ed25519_as_ec2", okp(32, 6, 2), "key.unsupported"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(CoseKey, TakesMembersInAnyOrder) {
  const Bytes octets = Writer()
                           .map(3)
                           .integer(-2)
                           .bytes(kHalfZero)
                           .integer(-1)
                           .integer(6)
                           .integer(1)
                           .integer(1)
                           .octets();
  EXPECT_TRUE(decode_public_key(octets).has_value());
}

TEST(Pem, RefusesWhatIsNoKeyOfOurs) {
  EXPECT_EQ(PrivateKey::from_pem("").error().code, "key.malformed");
  EXPECT_EQ(PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
                .error()
                .code,
            "key.malformed");
}

TEST(Digest, KnowsFips180) {
  EXPECT_EQ(to_hex(sha256({as_bytes("a"), as_bytes("bc")})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Random, DoesNotRepeat) {
  EXPECT_EQ(random_octets(16).size(), 16U);
  EXPECT_NE(random_octets(16), random_octets(16));
  EXPECT_TRUE(random_octets(0).empty());
}

}  // namespace
}  // namespace xiaogate::cose
