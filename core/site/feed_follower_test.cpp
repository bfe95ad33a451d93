#include "site/feed_follower.h"

#include <gtest/gtest.h>

#include "cose/digest.h"
#include "cose/sign1.h"

namespace xiaogate::site {
namespace {

class Feed : public testing::Test {
 protected:
  Feed() : follower(region, TrustedKey{kid, key.public_key()}, {}) {}

  std::string batch(std::uint64_t seq, const Digest& prev, const Json& changes,
                    const std::string& of_region = "hangzhou") {
    const Json json{
        {"region", of_region}, {"seq", seq}, {"prev", to_hex(prev)}, {"changes", changes}};
    last_hash = cose::sha256({as_bytes(canonical(json))});
    return sign(json);
  }
  std::string page(std::uint64_t upto, std::uint64_t index, std::uint64_t of, const Json& changes) {
    return sign({{"region", "hangzhou"},
                 {"upto", upto},
                 {"hash", to_hex(Digest{9})},
                 {"index", index},
                 {"of", of},
                 {"changes", changes}});
  }
  std::string sign(const Json& json) const {
    return std::string(as_text(*cose::sign1(key, kid, as_bytes(canonical(json)))));
  }
  std::string_view fault(const Result<void>& result) const {
    return result ? "accepted" : result.error().code;
  }
  std::size_t pulls() const {
    return static_cast<std::size_t>(std::ranges::count_if(out.actions, [](const auto& action) {
      return std::get<PublishToHub>(action).leaf == "feed/pull";
    }));
  }

  const std::string region = "hangzhou";
  const Json revoke = Json::array({{{"id", "00000000000000aa"}, {"op", "revoke"}}});
  cose::PrivateKey key = *cose::PrivateKey::generate(Algorithm::ed25519);
  KeyId kid = *KeyId::from_text("fe00000000000001");
  FeedFollower follower;
  Effects out;
  Digest last_hash{};
};

TEST_F(Feed, FollowsBatchesInOrderAndIgnoresDoubles) {
  const auto first = batch(1, Digest{}, revoke);
  ASSERT_TRUE(follower.batch(out, first, {}));
  const auto second = batch(2, last_hash, revoke);
  ASSERT_TRUE(follower.batch(out, second, {}));
  EXPECT_EQ(follower.position().seq, 2U);
  EXPECT_EQ(follower.position().hash, last_hash);
  EXPECT_EQ(out.writes.size(), 2U);
  EXPECT_EQ(out.durability, Durability::stable);
  ASSERT_TRUE(follower.batch(out, first, {}));
  ASSERT_TRUE(follower.batch(out, second, {}));
  EXPECT_EQ(out.writes.size(), 2U);
}

TEST_F(Feed, RefusesWhatIsNotTheHubs) {
  const auto other = *cose::PrivateKey::generate(Algorithm::ed25519);
  const Json json{{"region", region}, {"seq", 1}, {"prev", to_hex(Digest{})}, {"changes", revoke}};
  const std::string forged(as_text(*cose::sign1(other, kid, as_bytes(canonical(json)))));
  EXPECT_EQ(fault(follower.batch(out, forged, {})), "feed.unsigned");
  EXPECT_EQ(fault(follower.batch(out, batch(1, Digest{}, revoke, "ningbo"), {})),
            "feed.foreign_region");
  EXPECT_EQ(fault(follower.batch(out, batch(1, Digest{1}, revoke), {})), "feed.broken_chain");
  EXPECT_EQ(fault(follower.batch(out, "garbage", {})), "feed.malformed");
  EXPECT_EQ(fault(follower.batch(out, sign({{"region", region}}), {})), "feed.malformed");
  EXPECT_EQ(fault(follower.batch(out, batch(1, Digest{}, Json::array({{{"id", 7}}})), {})),
            "feed.malformed");
  EXPECT_EQ(follower.position().seq, 0U);
  EXPECT_TRUE(out.writes.empty());
}

TEST_F(Feed, PullsAfterAGapOnce) {
  ASSERT_TRUE(follower.batch(out, batch(3, Digest{5}, revoke), {}));
  ASSERT_TRUE(follower.batch(out, batch(4, Digest{6}, revoke), {}));
  EXPECT_EQ(pulls(), 1U);
  EXPECT_TRUE(out.writes.empty());
}

TEST_F(Feed, TakesPagesInOrderAndAsksAgainWhenTheyStop) {
  follower.link_changed(out, true, MonoTime{});
  ASSERT_EQ(pulls(), 1U);
  ASSERT_TRUE(follower.page(out, page(8, 1, 3, revoke), {}));  // not the first: ignored
  EXPECT_TRUE(out.writes.empty());
  ASSERT_TRUE(follower.page(out, page(8, 0, 3, revoke), {}));
  ASSERT_TRUE(follower.page(out, page(8, 0, 3, revoke), {}));  // a pull answered twice begins anew
  ASSERT_TRUE(follower.page(out, page(8, 1, 3, revoke), {}));
  EXPECT_EQ(follower.position().seq, 0U);
  follower.tick(out, MonoTime{} + FeedFollower::kPullPatience);
  EXPECT_EQ(pulls(), 2U);
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(follower.page(out, page(8, i, 3, revoke), {}));
  EXPECT_EQ(follower.position().seq, 8U);
  EXPECT_EQ(follower.position().hash, Digest{9});
}

TEST_F(Feed, AsksAfterALongSilence) {
  follower.link_changed(out, true, MonoTime{});
  ASSERT_TRUE(follower.page(out, page(8, 0, 1, revoke), MonoTime{} + Millis(10)));
  EXPECT_EQ(follower.next_deadline(), MonoTime{} + Millis(10) + FeedFollower::kSilence);
  follower.tick(out, MonoTime{} + FeedFollower::kSilence);
  EXPECT_EQ(pulls(), 1U) << "too early";
  follower.tick(out, MonoTime{} + Millis(10) + FeedFollower::kSilence);
  EXPECT_EQ(pulls(), 2U);
}

TEST_F(Feed, AnOldPageThatNobodyAskedForChangesNothing) {
  ASSERT_TRUE(follower.page(out, page(8, 0, 1, revoke), {}));
  EXPECT_TRUE(out.writes.empty());
  ASSERT_TRUE(follower.batch(out, batch(1, Digest{}, revoke), {}));
  follower.link_changed(out, true, MonoTime{});
  out.writes.clear();
  ASSERT_TRUE(follower.page(out, page(0, 0, 1, revoke), {}));  // behind what is applied
  EXPECT_TRUE(out.writes.empty());
}

}  // namespace
}  // namespace xiaogate::site
