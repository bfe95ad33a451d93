// A process that is killed at any instant leaves whole turns behind, every acknowledged one among
// them, and a chain that verifies.
#include <random>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/test_directory.h"
#include "store/test_turns.h"

namespace xiaogate::store {
namespace {

constexpr int kKills = 60;
constexpr std::uint64_t kRecordsInATurn = 3;

// Commits turns for ever and tells each one's last sequence number after its commit. One turn is
// three records, the number of the last as plugin state, and a credential of that number.
[[noreturn]] void work(const std::filesystem::path& directory, int told) {
  auto store = Store::open({.directory = directory, .reserve = 0});
  if (!store) _exit(10);
  const auto recovered = (*store)->recover(at(0));
  if (!recovered) _exit(11);
  Chain chain(recovered->head_seq, recovered->head_hash);
  while (true) {
    const site::Write one = chain.next();
    const site::Write two = chain.next();
    const site::Write three = chain.next();
    const std::uint64_t seq = chain.seq();
    const auto durability = seq % 2 == 0 ? site::Durability::stable : site::Durability::ordered;
    if (!turn(**store,
              {one, site::ApplyFeed{{put(seq)}, FeedPosition{"hz", seq, {}}}, two, three,
               site::PutPluginState{"p", "last", std::to_string(seq)}},
              durability)) {
      _exit(12);
    }
    if (write(told, &seq, sizeof seq) != sizeof seq) _exit(13);
  }
}

// Lets a worker commit `turns` turns, kills it in the midst of the next ones and returns the last
// sequence number that it told.
std::uint64_t run_and_kill(const std::filesystem::path& directory, std::uint64_t turns) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    work(directory, ends[1]);
  }
  close(ends[1]);
  std::uint64_t last = 0;
  std::uint64_t seq = 0;
  for (std::uint64_t i = 0; i < turns && read(ends[0], &seq, sizeof seq) == sizeof seq; ++i)
    last = seq;
  kill(child, SIGKILL);
  while (read(ends[0], &seq, sizeof seq) == sizeof seq) last = seq;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the worker failed by itself: " << WEXITSTATUS(status);
  return last;
}

TEST(Kill, AtAnyInstantLeavesWholeTurnsAndAChainThatVerifies) {
  const TestDirectory directory;
  std::mt19937 random(20260301);
  std::uint64_t told = 0;
  for (int round = 0; round < kKills; ++round) {
    told = std::max(told, run_and_kill(directory.path(), 1 + random() % 40));
    auto store = Store::open({.directory = directory.path(), .reserve = 0, .check = true});
    ASSERT_TRUE(store) << store.error().text;
    EXPECT_TRUE((*store)->notices().empty());
    const auto recovered = (*store)->recover(at(0));
    ASSERT_TRUE(recovered) << recovered.error().text;
    ASSERT_GE(recovered->head_seq, told) << "a turn that was committed is gone";
    ASSERT_EQ(recovered->head_seq % kRecordsInATurn, 0U) << "half a turn is there";
    ASSERT_EQ((*store)->plugin_state("p").value().at("last"), std::to_string(recovered->head_seq));
    ASSERT_GE(recovered->feed.seq, recovered->head_seq) << "the cache is behind the journal";
    ASSERT_TRUE((*store)->find(id_of(recovered->feed.seq)));
    auto reader = JournalReader::open(directory / kJournalFile);
    ASSERT_TRUE(reader) << reader.error().text;
    const auto count = reader->verify();
    ASSERT_TRUE(count) << count.error().text;
    ASSERT_EQ(*count, recovered->head_seq);
  }
}

}  // namespace
}  // namespace xiaogate::store
