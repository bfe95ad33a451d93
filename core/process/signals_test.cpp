#include "process/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xiaogate::process {
namespace {

TEST(StopSignals, ArriveThroughTheDescriptorOnce) {
  auto signals = StopSignals::block();
  ASSERT_TRUE(signals) << signals.error().text;
  EXPECT_EQ(signals->take(), std::nullopt);
  ASSERT_EQ(kill(getpid(), SIGTERM), 0);
  EXPECT_EQ(signals->wait(std::chrono::seconds(10)), SIGTERM);
  EXPECT_EQ(signals->take(), std::nullopt);
  ASSERT_EQ(kill(getpid(), SIGINT), 0);
  EXPECT_EQ(signals->wait(), SIGINT);
}

TEST(StopSignals, WaitEndsAtItsDeadline) {
  auto signals = StopSignals::block();
  ASSERT_TRUE(signals);
  EXPECT_EQ(signals->wait(std::chrono::milliseconds(1)), std::nullopt);
}

TEST(StopSignals, AWriteToAClosedPeerIsAnErrorOnly) {
  auto signals = StopSignals::block();
  ASSERT_TRUE(signals);
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  close(ends[1]);
  EXPECT_EQ(write(ends[0], "x", 1), -1);
  close(ends[0]);
}

TEST(StopSignals, GivesTheFormerMaskBack) {
  {
    auto signals = StopSignals::block();
  }
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGTERM), 0);
  EXPECT_EQ(sigismember(&mask, SIGINT), 0);
}

}  // namespace
}  // namespace xiaogate::process
