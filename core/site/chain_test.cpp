#include "site/chain.h"

#include <gtest/gtest.h>

#include "model/bytes.h"

namespace xiaogate::site {
namespace {

TEST(Chain, HashIsTheDocumentedOne) {
  // Computed apart from this code: printf of the fields' octets through sha256sum.
  const Record first =
      seal(0, Digest{}, WallTime(Millis(1'791'946'695'123)), "gateway_started", "{}");
  EXPECT_EQ(first.seq, 1U);
  EXPECT_EQ(to_hex(first.hash), "f89d4943ed88b00c3a92fba0a5b00545de32d88e5c8b1e9c0dc3f1ca7fe4a7af");
}

TEST(Chain, EveryFieldCounts) {
  const Record good = seal(7, Digest{1}, WallTime(Millis(5)), "kind", "{\"a\":1}");
  ASSERT_TRUE(check_link(7, Digest{1}, good));
  const auto breaks = [&](auto change) {
    Record bad = good;
    change(bad);
    const auto checked = check_link(7, Digest{1}, bad);
    return !checked && checked.error().code == "journal.broken";
  };
  EXPECT_TRUE(breaks([](Record& r) { r.seq = 9; }));
  EXPECT_TRUE(breaks([](Record& r) { r.time += Millis(1); }));
  EXPECT_TRUE(breaks([](Record& r) { r.kind = "king"; }));
  EXPECT_TRUE(breaks([](Record& r) { r.body = "{\"a\":2}"; }));
  EXPECT_TRUE(breaks([](Record& r) { r.prev[31] ^= 1U; }));
  EXPECT_TRUE(breaks([](Record& r) { r.hash[0] ^= 1U; }));
}

TEST(Chain, KindAndBodyCannotTradeOctets) {
  const Record one = seal(0, Digest{}, WallTime{}, "ab", "c");
  const Record other = seal(0, Digest{}, WallTime{}, "a", "bc");
  EXPECT_NE(one.hash, other.hash);
}

}  // namespace
}  // namespace xiaogate::site
