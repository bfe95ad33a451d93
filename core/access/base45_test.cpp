#include "access/base45.h"

#include <gmock/gmock.h>

namespace xiaogate::access {
namespace {

// RFC 9285, section 4.3 and 4.4.
TEST(Base45, KnowsTheExamplesOfTheStandard) {
  EXPECT_EQ(encode_base45(as_bytes("AB")), "BB8");
  EXPECT_EQ(encode_base45(as_bytes("Hello!!")), "%69 VD92EX0");
  EXPECT_EQ(encode_base45(as_bytes("base-45")), "UJCLQE7W581");
  EXPECT_EQ(as_text(decode_base45("QED8WEX0").value()), "ietf!");
}

TEST(Base45, GoesThereAndBackForEveryPair) {
  for (unsigned value = 0; value <= 0xFFFF; ++value) {
    const Bytes two = {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
    ASSERT_EQ(decode_base45(encode_base45(two)), two);
  }
  for (unsigned value = 0; value <= 0xFF; ++value) {
    const Bytes one = {static_cast<std::uint8_t>(value)};
    ASSERT_EQ(decode_base45(encode_base45(one)), one);
  }
  EXPECT_EQ(encode_base45({}), "");
  EXPECT_EQ(decode_base45(""), Bytes());
}

TEST(Base45, RefusesWhatNoEncoderWrites) {
  EXPECT_EQ(decode_base45("A"), std::nullopt);
  EXPECT_EQ(decode_base45("BB8A"), std::nullopt);
  EXPECT_EQ(decode_base45("bb8"), std::nullopt);
  EXPECT_EQ(decode_base45("BB#"), std::nullopt);
  EXPECT_EQ(decode_base45("BB\xC3"), std::nullopt);
  EXPECT_EQ(decode_base45(std::string_view("BB\0", 3)), std::nullopt);
}

TEST(Base45, RefusesGroupsAboveTheirRange) {
  EXPECT_TRUE(decode_base45("FGW").has_value()) << "65535";
  EXPECT_EQ(decode_base45("GGW"), std::nullopt) << "65536";
  EXPECT_EQ(decode_base45(":::"), std::nullopt);
  EXPECT_TRUE(decode_base45("U5").has_value()) << "255";
  EXPECT_EQ(decode_base45("V5"), std::nullopt) << "256";
}

}  // namespace
}  // namespace xiaogate::access
