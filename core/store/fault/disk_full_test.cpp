// No room: the turn fails as a whole, or goes through by means of the reserve; when there is room
// again, the next turn goes on where the last one ended.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/test_directory.h"
#include "store/test_turns.h"

namespace xiaogate::store {
namespace {

// Every file of this process may grow to `octets` and no further.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t octets) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = octets;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

void expect_sound(const std::filesystem::path& directory, std::uint64_t head) {
  auto reader = JournalReader::open(directory / kJournalFile);
  ASSERT_TRUE(reader) << reader.error().text;
  const auto count = reader->verify();
  ASSERT_TRUE(count) << count.error().text;
  EXPECT_EQ(*count, head);
}

TEST(DiskFull, FailsTheTurnAndLeavesTheStoreUsable) {
  const TestDirectory directory;
  auto store = Store::open({.directory = directory.path(), .reserve = 0});
  ASSERT_TRUE(store) << store.error().text;
  Chain chain;
  Chain committed;
  const std::string body = "{\"x\":\"" + std::string(900, 'x') + "\"}";
  {
    const FileSizeLimit limit(400'000);
    Result<void> done;
    for (int i = 0; i < 1000 && done; ++i) {
      committed = chain;
      done = turn(**store, {chain.next(body), site::ApplyFeed{{put(chain.seq())}, {}}});
    }
    ASSERT_FALSE(done) << "the limit was never reached";
    EXPECT_EQ(done.error().code, "store.full") << done.error().text;
    EXPECT_EQ((*store)->status().value().head, committed.seq());
    chain = committed;
    EXPECT_EQ(turn(**store, {chain.next(body)}).error().code, "store.full") << "still";
    EXPECT_EQ((*store)->records(1, 10'000).value().size(), committed.seq()) << "reading goes on";
  }
  chain = committed;
  for (int i = 0; i < 10; ++i) {
    const auto done = turn(**store, {chain.next(body)});
    ASSERT_TRUE(done) << done.error().text;
  }
  expect_sound(directory.path(), chain.seq());
  store->reset();
  auto again = Store::open({.directory = directory.path(), .reserve = 0, .check = true});
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ((*again)->status().value().head, chain.seq());
}

TEST(DiskFull, InTheMidstOfALargeFeedBatchTakesTheWholeBatchBack) {
  const TestDirectory directory;
  auto store = Store::open({.directory = directory.path(), .reserve = 0});
  ASSERT_TRUE(store);
  site::ApplyFeed batch;
  for (std::uint64_t i = 0; i < 60'000; ++i) batch.changes.push_back(put(i));
  batch.position = FeedPosition{"hz", 1, {}};
  {
    const FileSizeLimit limit(2'000'000);
    EXPECT_EQ(turn(**store, {batch}).error().code, "store.full");
    EXPECT_FALSE((*store)->find(id_of(0)));
    EXPECT_EQ((*store)->recover(at(0)).value().feed, FeedPosition{});
  }
  EXPECT_TRUE(turn(**store, {batch}));
  EXPECT_TRUE((*store)->find(id_of(59'999)));
}

// In a mount namespace of its own, on a file system of 8 MiB.
int fill_a_real_disk(const std::filesystem::path& directory) {
  const auto step = [](bool good, const std::string& what) {
    if (!good) ADD_FAILURE() << what;
    return good;
  };
  auto opened = Store::open({.directory = directory, .reserve = 2U << 20U});
  if (!step(opened.has_value(), "open")) return 1;
  Store& store = **opened;
  step(store.has_reserve(), "no reserve to begin with");
  const std::filesystem::path ballast = directory / "ballast";
  const int file = open(ballast.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string block(4096, 'b');
  while (write(file, block.data(), block.size()) > 0) {
  }
  close(file);
  Chain chain;
  Chain committed;
  const std::string body = "{\"x\":\"" + std::string(900, 'x') + "\"}";
  Result<void> done;
  std::uint64_t by_reserve = 0;
  for (int i = 0; i < 100'000 && done; ++i) {
    committed = chain;
    done = turn(store, {chain.next(body)});
    if (done && !store.has_reserve()) ++by_reserve;
  }
  step(!done && done.error().code == "store.full", "the disk was never full");
  step(!store.has_reserve(), "the reserve was not used");
  step(by_reserve >= 100, "only " + std::to_string(by_reserve) + " records by the reserve");
  step(!store.restore_reserve(), "a reserve from a full disk");
  unlink(ballast.c_str());
  chain = committed;
  step(turn(store, {chain.next(body)}).has_value(), "not usable when there is room again");
  step(store.restore_reserve().has_value() && store.has_reserve(), "no reserve when there is room");
  expect_sound(directory, chain.seq());
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST(DiskFull, TheReserveCarriesOnARealDisk) {
  constexpr int kNoMounts = 77;
  const TestDirectory directory;
  const pid_t child = fork();
  if (child == 0) {
    const bool apart = unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (!apart || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=8m") != 0) {
      _exit(kNoMounts);
    }
    _exit(fill_a_real_disk(directory.path()));
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoMounts) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace xiaogate::store
