// A damaged file is refused and left as it is, or what was written is read from it unaltered.
#include <random>

#include <gtest/gtest.h>

#include "store/test_directory.h"
#include "store/test_turns.h"

namespace xiaogate::store {
namespace {

constexpr std::size_t kHeader = 100;
constexpr int kRecords = 40;

class Damage : public testing::Test {
 protected:
  void SetUp() override {
    {
      auto store = Store::open({.directory = directory_.path(), .reserve = 0});
      ASSERT_TRUE(store) << store.error().text;
      Chain chain;
      for (int i = 0; i < kRecords; ++i) {
        ASSERT_TRUE(turn(**store, {chain.next()}, site::Durability::ordered));
      }
      written_ = (*store)->records(1, 1000).value();
    }
    sound_ = read_all(file_);
    ASSERT_GT(sound_.size(), 3 * 4096U);
  }

  enum class Outcome { refused, intact };

  // Opens the damaged file as the gateway does at start and reads everything.
  Outcome outcome(const std::string& octets, std::string_view what) {
    write_all(file_, octets);
    Outcome result = Outcome::refused;
    {
      auto store = Store::open({.directory = directory_.path(), .reserve = 0, .check = true});
      if (store) {
        auto reader = JournalReader::open(file_);
        if (reader && reader->verify()) {
          result = Outcome::intact;
          const auto records = (*store)->records(1, 1000);
          EXPECT_EQ(records.value_or(std::vector<Record>{}), written_)
              << what << ": altered, and nobody noticed";
        }
      }
    }
    if (result == Outcome::refused) {
      EXPECT_EQ(read_all(file_), octets) << what << ": refused, yet changed";
    }
    return result;
  }

  TestDirectory directory_;
  std::filesystem::path file_ = directory_ / kJournalFile;
  std::vector<Record> written_;
  std::string sound_;
};

TEST_F(Damage, OfNothingIsReadAsWritten) {
  EXPECT_EQ(outcome(sound_, "sound"), Outcome::intact);
}

TEST_F(Damage, ByTruncationAtAnyPageIsRefused) {
  for (std::size_t size = 0; size < sound_.size(); size += 4096) {
    EXPECT_EQ(outcome(sound_.substr(0, size), "size " + std::to_string(size)), Outcome::refused);
  }
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{99}, std::size_t{100}, std::size_t{101}, sound_.size() - 1}) {
    EXPECT_EQ(outcome(sound_.substr(0, size), "size " + std::to_string(size)), Outcome::refused);
  }
}

TEST_F(Damage, ByAnyFlippedBitOfTheHeaderIsNeverSilent) {
  for (std::size_t bit = 0; bit < kHeader * 8; ++bit) {
    std::string octets = sound_;
    octets[bit / 8] = static_cast<char>(octets[bit / 8] ^ (1 << (bit % 8)));
    outcome(octets, "bit " + std::to_string(bit));
  }
}

TEST_F(Damage, ByFlippedBitsAnywhereIsNeverSilent) {
  std::mt19937 random(7);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string octets = sound_;
    const std::size_t bit = random() % (octets.size() * 8);
    octets[bit / 8] = static_cast<char>(octets[bit / 8] ^ (1 << (bit % 8)));
    if (outcome(octets, "bit " + std::to_string(bit)) == Outcome::refused) ++refused;
  }
  EXPECT_GT(refused, 50) << "the test damages nothing";
}

TEST_F(Damage, ByAPageOfZerosOrNoiseIsNeverSilent) {
  std::mt19937 random(8);
  for (std::size_t page = 0; page * 4096 < sound_.size(); ++page) {
    std::string zeros = sound_;
    zeros.replace(page * 4096, 4096, 4096, '\0');
    outcome(zeros, "zeros in page " + std::to_string(page));
    std::string noise = sound_;
    for (std::size_t i = 0; i < 4096; ++i) {
      noise[page * 4096 + i] = static_cast<char>(random());
    }
    outcome(noise, "noise in page " + std::to_string(page));
  }
}

TEST_F(Damage, RandomOctetsAreRefused) {
  std::mt19937 random(9);
  for (int i = 0; i < 20; ++i) {
    std::string octets(random() % 20000, '\0');
    for (char& c : octets) c = static_cast<char>(random());
    EXPECT_EQ(outcome(octets, "noise"), Outcome::refused);
  }
}

TEST_F(Damage, OfTheLogLosesTurnsFromItsEndAndNothingElse) {
  // The log of a crash: copied while the store is open.
  const TestDirectory crashed;
  {
    auto store = Store::open({.directory = directory_.path(), .reserve = 0});
    ASSERT_TRUE(store);
    const auto recovered = (*store)->recover(at(0)).value();
    Chain chain(recovered.head_seq, recovered.head_hash);
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(turn(**store, {chain.next()}));
    }
    written_ = (*store)->records(1, 1000).value();
    for (const std::string_view name : {"journal.db", "journal.db-wal"}) {
      std::filesystem::copy_file(directory_ / name, crashed / name);
    }
  }
  const std::string file = read_all(crashed / "journal.db");
  const std::string log = read_all(crashed / "journal.db-wal");
  std::mt19937 random(10);
  std::size_t fewest = written_.size();
  for (int i = 0; i < 100; ++i) {
    std::string octets = log;
    if (i % 2 == 0) {
      octets.resize(random() % octets.size());
    } else {
      const std::size_t at = random() % octets.size();
      octets[at] = static_cast<char>(octets[at] ^ (1 << (random() % 8)));
    }
    write_all(crashed / "journal.db", file);
    write_all(crashed / "journal.db-wal", octets);
    std::filesystem::remove(crashed / "journal.db-shm");
    auto store = Store::open({.directory = crashed.path(), .reserve = 0, .check = true});
    ASSERT_TRUE(store) << store.error().text;
    const auto records = (*store)->records(1, 1000).value();
    ASSERT_GE(records.size(), static_cast<std::size_t>(kRecords));
    ASSERT_TRUE(std::equal(records.begin(), records.end(), written_.begin()));
    fewest = std::min(fewest, records.size());
  }
  EXPECT_LT(fewest, written_.size()) << "the test damages nothing";
}

}  // namespace
}  // namespace xiaogate::store
