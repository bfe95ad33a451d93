#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_directory.h"
#include "store/test_turns.h"

namespace xiaogate::store {
namespace {

using site::Durability;
using testing::HasSubstr;

std::unique_ptr<Store> open(const TestDirectory& directory) {
  auto store = Store::open({.directory = directory.path(), .reserve = 0});
  EXPECT_TRUE(store) << store.error().text;
  return store ? std::move(*store) : nullptr;
}

TEST(Store, BeginsEmpty) {
  const TestDirectory directory;
  auto store = open(directory);
  const auto recovered = store->recover(at(0));
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->head_seq, 0U);
  EXPECT_EQ(recovered->acknowledged, 0U);
  EXPECT_TRUE(recovered->recent.empty());
  EXPECT_EQ(recovered->feed, FeedPosition{});
  EXPECT_TRUE(store->notices().empty());
}

TEST(Store, ATurnSurvivesARestart) {
  const TestDirectory directory;
  Chain chain;
  const FeedPosition position{.region = "hz", .seq = 4, .hash = {9}};
  std::vector<Record> written;
  {
    auto store = open(directory);
    ASSERT_TRUE(turn(*store, {chain.next(), site::PutPluginState{"shelly", "seen", "1"},
                              site::ApplyFeed{{put(1)}, position}, chain.next()}));
    ASSERT_TRUE(turn(*store, {chain.next(), site::Acknowledge{2}}, Durability::ordered));
    written = store->records(1, 100).value();
    ASSERT_EQ(written.size(), 3U);
  }
  auto store = open(directory);
  EXPECT_EQ(store->records(1, 100).value(), written);
  const auto recovered = store->recover(at(1));
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->head_seq, 3U);
  EXPECT_EQ(recovered->head_hash, written[2].hash);
  EXPECT_EQ(recovered->head_time, at(2));
  EXPECT_EQ(recovered->acknowledged, 2U);
  EXPECT_EQ(recovered->feed, position);
  EXPECT_EQ(recovered->recent, std::vector(written.begin() + 1, written.end()));
  EXPECT_EQ(store->plugin_state("shelly").value(), (PluginState{{"seen", "1"}}));
  EXPECT_TRUE(store->find(id_of(1)));
}

TEST(Store, FindSeesTheOpenTurnAndRollbackTakesItBack) {
  const TestDirectory directory;
  auto store = open(directory);
  Chain chain;
  const Chain before = chain;
  ASSERT_TRUE(store->begin());
  ASSERT_TRUE(store->write(chain.next()));
  ASSERT_TRUE(store->write(site::LearnCredential{credential_of(1)}));
  EXPECT_TRUE(store->find(id_of(1)));
  // Raises the cache's durability in the middle of the turn.
  ASSERT_TRUE(store->write(site::ApplyFeed{{mark(2, CredentialStatus::revoked)}, {}}));
  EXPECT_TRUE(store->find(id_of(1)));
  EXPECT_TRUE(store->find(id_of(2)));
  store->rollback();
  EXPECT_FALSE(store->find(id_of(1)));
  EXPECT_FALSE(store->find(id_of(2)));
  EXPECT_TRUE(store->records(1, 10).value().empty());
  chain = before;
  EXPECT_TRUE(turn(*store, {chain.next()}));
  EXPECT_EQ(store->status().value().head, 1U);
}

TEST(Store, CommitsMixedCacheWritesOfOneTurn) {
  const TestDirectory directory;
  {
    auto store = open(directory);
    ASSERT_TRUE(
        turn(*store, {site::LearnCredential{credential_of(1)}, site::ApplyFeed{{put(2)}, {}},
                      site::ApplyFeed{{mark(1, CredentialStatus::suspended)}, {}},
                      site::LearnCredential{credential_of(3)}}));
  }
  auto store = open(directory);
  EXPECT_EQ(store->find(id_of(1))->status, CredentialStatus::suspended);
  EXPECT_TRUE(store->find(id_of(2)));
  EXPECT_TRUE(store->find(id_of(3)));
}

TEST(Store, RefusesARecordThatDoesNotFollow) {
  const TestDirectory directory;
  auto store = open(directory);
  Chain chain;
  ASSERT_TRUE(turn(*store, {chain.next()}));
  const site::Write second = chain.next();
  const site::Write third = chain.next();
  EXPECT_EQ(turn(*store, {third}).error().code, "journal.broken");
  Record forged = std::get<site::AppendRecord>(second).record;
  forged.prev[0] ^= 1U;
  EXPECT_EQ(turn(*store, {site::AppendRecord{forged}}).error().code, "journal.broken");
  EXPECT_TRUE(turn(*store, {second, third}));
  EXPECT_EQ(turn(*store, {second}).error().code, "journal.broken");
}

TEST(Store, AcknowledgementNeverGoesBack) {
  const TestDirectory directory;
  auto store = open(directory);
  Chain chain;
  ASSERT_TRUE(turn(*store, {chain.next(), chain.next(), site::Acknowledge{2}}));
  ASSERT_TRUE(turn(*store, {site::Acknowledge{1}}));
  EXPECT_EQ(store->status().value().acknowledged, 2U);
}

TEST(Store, PluginStateIsReplacedErasedAndApartForEachPlugin) {
  const TestDirectory directory;
  auto store = open(directory);
  const std::string octets("\0\xff", 2);
  ASSERT_TRUE(
      turn(*store, {site::PutPluginState{"a", "k", "1"}, site::PutPluginState{"a", "l", "2"},
                    site::PutPluginState{"b", "k", "3"}}));
  ASSERT_TRUE(
      turn(*store, {site::PutPluginState{"a", "k", octets}, site::PutPluginState{"a", "l", ""}}));
  EXPECT_EQ(store->plugin_state("a").value(), (PluginState{{"k", octets}}));
  EXPECT_EQ(store->plugin_state("b").value(), (PluginState{{"k", "3"}}));
  const auto recovered = store->recover(WallTime());
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered->plugin_state.at("a"), (site::PluginStateSizes{{"k", octets.size()}}));
  EXPECT_TRUE(store->plugin_state("c").value().empty());
}

TEST(Store, RecentLooksPastAClockThatJumped) {
  const TestDirectory directory;
  auto store = open(directory);
  std::uint64_t seq = 0;
  Digest hash{};
  ASSERT_TRUE(store->begin());
  const auto add = [&](std::int64_t ms, int times) {
    for (int i = 0; i < times; ++i) {
      const Record record = site::seal(seq, hash, at(ms), "k", "{}");
      seq = record.seq;
      hash = record.hash;
      ASSERT_TRUE(store->write(site::AppendRecord{record}));
    }
  };
  add(9, 1);  // behind more than 4,096 older ones: no longer looked for
  add(-5, 4096);
  add(10, 1);
  add(-1'000'000, 4000);
  add(20, 1);
  add(-7, 4000);
  ASSERT_TRUE(store->commit(Durability::ordered));
  const auto recent = store->recover(at(0)).value().recent;
  ASSERT_EQ(recent.size(), 8002U) << "with those in between and after";
  EXPECT_EQ(recent[0].time, at(10));
  EXPECT_EQ(recent[4001].time, at(20));
}

TEST(Store, UseOutsideATurnIsRefused) {
  const TestDirectory directory;
  auto store = open(directory);
  EXPECT_EQ(store->write(site::Acknowledge{1}).error().code, "store.invalid");
  EXPECT_EQ(store->commit(Durability::stable).error().code, "store.invalid");
  ASSERT_TRUE(store->begin());
  EXPECT_EQ(store->begin().error().code, "store.invalid");
  EXPECT_TRUE(store->commit(Durability::stable));
}

TEST(Store, OneProcessADirectory) {
  const TestDirectory directory;
  auto store = open(directory);
  const auto second = Store::open({.directory = directory.path(), .reserve = 0});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "store.locked");
  EXPECT_THAT(second.error().text, HasSubstr("process " + std::to_string(getpid())));
  store.reset();
  EXPECT_TRUE(Store::open({.directory = directory.path(), .reserve = 0}));
}

TEST(Store, ADirectoryThatIsMissingIsNotMade) {
  const TestDirectory directory;
  EXPECT_EQ(Store::open({.directory = directory / "none"}).error().code, "store.missing");
  EXPECT_FALSE(std::filesystem::exists(directory / "none"));
}

TEST(Store, ADamagedCacheIsMovedAsideAndBegunAgain) {
  const TestDirectory directory;
  Chain chain;
  {
    auto store = open(directory);
    ASSERT_TRUE(turn(*store, {chain.next(), site::ApplyFeed{{put(1)}, FeedPosition{"hz", 1, {}}}}));
  }
  const std::string octets(5000, 'z');
  write_all(directory / kCredentialFile, octets);
  auto store = open(directory);
  ASSERT_EQ(store->notices().size(), 1U);
  EXPECT_THAT(store->notices()[0], HasSubstr("credentials.db.damaged"));
  EXPECT_EQ(read_all(directory / "credentials.db.damaged"), octets);
  EXPECT_EQ(store->recover(at(0)).value().feed, FeedPosition{});
  EXPECT_FALSE(store->find(id_of(1)));
  EXPECT_TRUE(turn(*store, {chain.next(), site::ApplyFeed{{put(1)}, {}}}));
}

TEST(Store, TheReserveIsHeldReleasedAndRestored) {
  const TestDirectory directory;
  constexpr std::uint64_t kSize = 1U << 20U;
  auto store = Store::open({.directory = directory.path(), .reserve = kSize});
  ASSERT_TRUE(store);
  EXPECT_TRUE((*store)->has_reserve());
  EXPECT_EQ(std::filesystem::file_size(directory / "reserve"), kSize);
  EXPECT_TRUE((*store)->release_reserve());
  EXPECT_FALSE((*store)->release_reserve());
  EXPECT_FALSE((*store)->has_reserve());
  EXPECT_EQ(std::filesystem::file_size(directory / "reserve"), 0U);
  EXPECT_TRUE((*store)->restore_reserve());
  EXPECT_TRUE((*store)->has_reserve());
}

TEST(JournalReader, ReadsBesideTheWriterAndVerifies) {
  const TestDirectory directory;
  auto store = open(directory);
  Chain chain;
  ASSERT_TRUE(turn(*store, {chain.next(), chain.next()}));
  auto reader = JournalReader::open(directory / kJournalFile);
  ASSERT_TRUE(reader) << reader.error().text;
  EXPECT_EQ(reader->verify().value(), 2U);
  ASSERT_TRUE(turn(*store, {chain.next()}, Durability::ordered));
  EXPECT_EQ(reader->verify().value(), 3U);
  EXPECT_EQ(reader->status().value().head, 3U);
  EXPECT_EQ(reader->records(2, 1).value(), store->records(2, 1).value());
  EXPECT_TRUE(reader->records(UINT64_MAX, SIZE_MAX).value().empty());
  EXPECT_EQ(reader->records(0, SIZE_MAX).value().size(), 3U);
}

TEST(JournalReader, VerifyNamesTheRecordThatWasTamperedWith) {
  const TestDirectory directory;
  {
    auto store = open(directory);
    Chain chain;
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(turn(*store, {chain.next()}));
  }
  const auto tamper = [&](std::string_view sql) {
    auto database = Database::open(directory / kJournalFile, journal_schema());
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute(sql));
  };
  tamper("UPDATE record SET body = '{}' WHERE seq = 3");
  {
    auto reader = JournalReader::open(directory / kJournalFile);
    ASSERT_TRUE(reader);
    const auto verdict = reader->verify();
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, "journal.broken");
    EXPECT_THAT(verdict.error().text, HasSubstr("3"));
  }
  tamper("DELETE FROM record WHERE seq = 3");
  EXPECT_FALSE(JournalReader::open(directory / kJournalFile)->verify());
  tamper("DELETE FROM record WHERE seq < 3");
  EXPECT_EQ(JournalReader::open(directory / kJournalFile)->verify().value(), 2U)
      << "a journal may begin after what was cut off at its old end";
}

}  // namespace
}  // namespace xiaogate::store
