#include "cose/cbor.h"

#include <limits>

#include <gmock/gmock.h>

namespace xiaogate::cose {
namespace {

struct Item {
  const char* name;
  const char* octets;  // hexadecimal
};

bool is_accepted(const char* octets) {
  const Bytes item = from_hex(octets).value();
  Reader in(item);
  in.item();
  return !in.finish();
}

class Refused : public testing::TestWithParam<Item> {};
TEST_P(Refused, Item) {
  EXPECT_FALSE(is_accepted(GetParam().octets));
}

class Accepted : public testing::TestWithParam<Item> {};
TEST_P(Accepted, Item) {
  EXPECT_TRUE(is_accepted(GetParam().octets));
}

constexpr Item kRefused[] = {
    {"nothing", ""},
    {"integer_in_two", "1817"},
    {"integer_in_three", "1900ff"},
    {"integer_in_five", "1a0000ffff"},
    {"integer_in_nine", "1b00000000ffffffff"},
    {"negative_in_two", "3800"},
    {"length_in_two", "580100"},
    {"text_length_in_two", "780141"},
    {"count_in_two", "980100"},
    {"pairs_in_two", "b8010000"},
    {"tag_in_two", "d80100"},
    {"cut_integer", "19ff"},
    {"cut_bytes", "4200"},
    {"cut_array", "8200"},
    {"cut_map", "a100"},
    {"cut_tag", "c1"},
    {"length_of_everything", "5bffffffffffffffff"},
    {"array_of_everything", "9bffffffffffffffff"},
    {"map_of_everything", "bbffffffffffffffff"},
    {"indefinite_bytes", "5f4100ff"},
    {"indefinite_text", "7f6141ff"},
    {"indefinite_array", "9f00ff"},
    {"indefinite_map", "bf0000ff"},
    {"break", "ff"},
    {"reserved_28", "1c"},
    {"reserved_29", "5d"},
    {"reserved_30", "fe"},
    {"simple_24", "f818"},
    {"simple_false_in_two", "f814"},
    {"two_items", "0000"},
    {"key_twice", "a201000100"},
    {"key_twice_out_of_order", "a3020001000200"},
    {"key_twice_among_falling",
     "a4040003000200"
     "0300"},
    {"key_twice_inside",
     "81a1"
     "00a201000100"},
    {"key_twice_text", "a26161006161f6"},
    {"depth_7", "81818181818180"},
    {"depth_7_with_tags", "c1c1c1c1c1c180"},
    {"utf8_lone_continuation", "6180"},
    {"utf8_overlong", "62c080"},
    {"utf8_overlong_3", "63e08080"},
    {"utf8_surrogate", "63eda080"},
    {"utf8_above_10ffff", "64f4908080"},
    {"utf8_cut", "62e4bd"},
};

constexpr Item kAccepted[] = {
    {"zero", "00"},
    {"twenty_four", "1818"},
    {"largest", "1bffffffffffffffff"},
    {"smallest", "3bffffffffffffffff"},
    {"null", "f6"},
    {"half", "f90000"},
    {"double", "fb0000000000000000"},
    {"simple_32", "f820"},
    {"depth_6", "818181818180"},
    {"keys_falling", "a3030002000100"},
    {"keys_of_two_types",
     "a2010020"
     "00"},
    {"utf8", "66e5b08fe593a5"},
    {"utf8_four", "64f09f9bb5"},
};

const auto kName = [](const auto& test) { return std::string(test.param.name); };
INSTANTIATE_TEST_SUITE_P(Cbor, Refused, testing::ValuesIn(kRefused), kName);
INSTANTIATE_TEST_SUITE_P(Cbor, Accepted, testing::ValuesIn(kAccepted), kName);

TEST(Reader, ReadsWhatTheWriterWrote) {
  const Bytes four = {1, 2, 3, 4};
  const Bytes item = Writer()
                         .array(7)
                         .unsigned_integer(1'000'000)
                         .integer(-65537)
                         .bytes(four)
                         .text("小哥")
                         .tag(18)
                         .map(1)
                         .integer(1)
                         .array(0)
                         .integer(-1)
                         .item(Bytes{0xF5})
                         .octets();
  Reader in(item);
  EXPECT_EQ(in.array(), 7U);
  EXPECT_EQ(in.unsigned_integer(), 1'000'000U);
  EXPECT_EQ(in.integer(), -65537);
  EXPECT_THAT(in.bytes(), testing::ElementsAreArray(four));
  EXPECT_EQ(in.text(), "小哥");
  EXPECT_EQ(in.tag(), 18U);
  EXPECT_EQ(in.map(), 1U);
  EXPECT_EQ(in.integer(), 1);
  EXPECT_EQ(in.item().size(), 1U);
  EXPECT_EQ(in.integer(), -1);
  EXPECT_EQ(in.peek(), Kind::simple);
  EXPECT_EQ(in.item().size(), 1U);
  EXPECT_EQ(in.finish(), std::nullopt);
}

TEST(Reader, KeepsTheFirstFault) {
  const Bytes item = Writer().array(2).text("a").integer(1).octets();
  Reader in(item);
  in.array();
  EXPECT_EQ(in.unsigned_integer(), 0U);
  EXPECT_TRUE(in.bytes().empty());
  EXPECT_FALSE(in.good());
  EXPECT_EQ(in.finish()->text(), "not an unsigned integer at offset 1");
}

TEST(Reader, TellsWhatWasLeftUnread) {
  const Bytes item = Writer().array(1).integer(1).octets();
  Reader in(item);
  in.array();
  EXPECT_EQ(in.finish()->what, "more items than expected");
}

TEST(Reader, HoldsIntegersAtTheEdgesOfInt64) {
  const auto read = [](const char* octets) {
    const Bytes item = from_hex(octets).value();
    return Reader(item).integer();
  };
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(read("1b7fffffffffffffff"), kMost);
  EXPECT_EQ(read("1b8000000000000000"), kMost);
  EXPECT_EQ(read("3b7fffffffffffffff"), kLeast);
  EXPECT_EQ(read("3bffffffffffffffff"), kLeast);
  EXPECT_EQ(read("20"), -1);
}

TEST(Writer, UsesTheShortestForm) {
  const auto written = [](std::int64_t value) { return to_hex(Writer().integer(value).octets()); };
  EXPECT_EQ(written(23), "17");
  EXPECT_EQ(written(24), "1818");
  EXPECT_EQ(written(255), "18ff");
  EXPECT_EQ(written(256), "190100");
  EXPECT_EQ(written(65535), "19ffff");
  EXPECT_EQ(written(65536), "1a00010000");
  EXPECT_EQ(written(0xFFFF'FFFF), "1affffffff");
  EXPECT_EQ(written(0x1'0000'0000), "1b0000000100000000");
  EXPECT_EQ(written(-25), "3818");
}

// A hostile header of the largest size is told in time that grows with its size, not its square.
TEST(Reader, ReadsManyKeysOutOfOrder) {
  constexpr std::uint64_t kKeys = 20'000;
  Writer out;
  out.map(kKeys);
  for (std::uint64_t i = kKeys; i > 0; --i) out.unsigned_integer(i).integer(0);
  Reader in(out.octets());
  EXPECT_EQ(in.item().size(), out.octets().size());
  EXPECT_EQ(in.finish(), std::nullopt);
}

}  // namespace
}  // namespace xiaogate::cose
