#include "store/credential_cache.h"

#include <gtest/gtest.h>

#include "store/test_directory.h"
#include "store/test_turns.h"

namespace xiaogate::store {
namespace {

using enum CredentialStatus;

class Cache : public testing::Test {
 protected:
  void apply(const std::vector<FeedChange>& changes) {
    Transaction transaction(cache_->database());
    ASSERT_TRUE(transaction.begin());
    const auto done = cache_->apply(changes);
    ASSERT_TRUE(done) << done.error().text;
    ASSERT_TRUE(transaction.commit());
  }
  void learn(const Credential& credential) {
    Transaction transaction(cache_->database());
    ASSERT_TRUE(transaction.begin());
    ASSERT_TRUE(cache_->learn(credential));
    ASSERT_TRUE(transaction.commit());
  }
  std::optional<CachedCredential> find(std::uint64_t number) {
    auto found = cache_->find(id_of(number));
    EXPECT_TRUE(found) << found.error().text;
    return found.value_or(std::nullopt);
  }
  CachedCredential known(std::uint64_t number, CredentialStatus status) {
    return {.status = status, .credential = credential_of(number)};
  }
  CachedCredential mark_of(CredentialStatus status) {
    return {.status = status, .credential = std::nullopt};
  }

  TestDirectory directory_;
  Result<CredentialCache> cache_ = CredentialCache::open(directory_ / kCredentialFile);
};

TEST_F(Cache, KeepsACredentialOfEveryAlgorithmWhole) {
  std::uint64_t number = 1;
  for (const auto algorithm : {Algorithm::ed25519, Algorithm::es256, Algorithm::sm2}) {
    const Credential credential = credential_of(number, algorithm);
    apply({{.id = credential.id, .credential = credential, .status = suspended}});
    EXPECT_EQ(find(number), (CachedCredential{.status = suspended, .credential = credential}));
    ++number;
  }
  EXPECT_EQ(find(99), std::nullopt);
}

TEST_F(Cache, FindsIdsOfTheWholeRange) {
  const std::vector<std::uint64_t> numbers{0, 1, (1ULL << 63U) - 1, 1ULL << 63U, UINT64_MAX};
  for (const auto number : numbers) apply({put(number)});
  for (const auto number : numbers) EXPECT_EQ(find(number), known(number, active));
}

TEST_F(Cache, LiesInTheOrderOfTheOctets) {
  apply({put(UINT64_MAX), put(0), put(1ULL << 63U), put(1)});
  auto keys = cache_->database().prepare("SELECT subject FROM credential ORDER BY id");
  ASSERT_TRUE(keys);
  auto rows = keys->query({});
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 63U, UINT64_MAX}) {
    ASSERT_TRUE(rows.next().value());
    EXPECT_EQ(rows.text(0), credential_of(number).subject);
  }
}

TEST_F(Cache, PutReplacesWhatWasThere) {
  apply({put(1)});
  FeedChange change = put(1, suspended);
  change.credential->scope = "meals";
  apply({change});
  EXPECT_EQ(find(1), (CachedCredential{.status = suspended, .credential = change.credential}));
}

TEST_F(Cache, SuspendAndRestore) {
  apply({put(1), mark(1, suspended)});
  EXPECT_EQ(find(1), known(1, suspended));
  apply({mark(1, active)});
  EXPECT_EQ(find(1), known(1, active));
}

TEST_F(Cache, RevokedIsFinal) {
  apply({put(1), mark(1, revoked)});
  apply({mark(1, active)});
  EXPECT_EQ(find(1), known(1, revoked));
  apply({mark(1, suspended)});
  EXPECT_EQ(find(1), known(1, revoked));
  apply({put(1)});
  EXPECT_EQ(find(1), known(1, revoked));
  learn(credential_of(1));
  EXPECT_EQ(find(1), known(1, revoked));
}

TEST_F(Cache, AStatusBeforeItsCredentialWaitsForIt) {
  apply({mark(1, revoked), mark(2, suspended), mark(3, active)});
  EXPECT_EQ(find(1), mark_of(revoked));
  EXPECT_EQ(find(2), mark_of(suspended));
  EXPECT_EQ(find(3), mark_of(active));
  apply({put(1), put(2)});
  EXPECT_EQ(find(1), known(1, revoked));
  EXPECT_EQ(find(2), known(2, active));
}

TEST_F(Cache, LearningFillsGapsAndChangesNoStatus) {
  learn(credential_of(1));
  EXPECT_EQ(find(1), known(1, active));
  apply({mark(2, suspended)});
  learn(credential_of(2));
  EXPECT_EQ(find(2), known(2, suspended));
  apply({put(3, suspended)});
  Credential other = credential_of(3);
  other.scope = "everything";
  learn(other);
  EXPECT_EQ(find(3), known(3, suspended));
}

TEST_F(Cache, ChangesOfOneIdKeepTheirOrderWithinABatch) {
  apply({put(5), mark(1, suspended), mark(5, suspended), put(1), mark(5, active)});
  EXPECT_EQ(find(5), known(5, active));
  EXPECT_EQ(find(1), known(1, active));
}

TEST_F(Cache, RemembersThePositionAndCounts) {
  EXPECT_EQ(cache_->position().value(), FeedPosition{});
  FeedPosition position{.region = "hz", .seq = 17, .hash = {}};
  position.hash.fill(3);
  apply({put(1), put(2, suspended), mark(3, revoked), put(4)});
  ASSERT_TRUE(cache_->set_position(position));
  EXPECT_EQ(cache_->position().value(), position);
  const auto counts = cache_->count();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->active, 2U);
  EXPECT_EQ(counts->suspended, 1U);
  EXPECT_EQ(counts->revoked, 1U);
}

}  // namespace
}  // namespace xiaogate::store
