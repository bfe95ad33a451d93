#include "process/inbox.h"

#include <thread>

#include <gtest/gtest.h>
#include <poll.h>

namespace xiaogate::process {
namespace {

bool readable(int descriptor) {
  pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
  return poll(&ready, 1, 0) == 1;
}

TEST(Inbox, KeepsTheOrderAndIsReadableWhileSomethingWaits) {
  auto inbox = *Inbox<int>::create(10);
  EXPECT_FALSE(readable(inbox->descriptor()));
  for (const int i : {1, 2, 3}) EXPECT_TRUE(inbox->post(i, Millis(0)));
  EXPECT_TRUE(readable(inbox->descriptor()));
  std::vector<int> out;
  inbox->drain(out, 2);
  EXPECT_EQ(out, (std::vector<int>{1, 2}));
  EXPECT_TRUE(readable(inbox->descriptor()));
  inbox->drain(out, 2);
  EXPECT_EQ(out, (std::vector<int>{1, 2, 3}));
  EXPECT_FALSE(readable(inbox->descriptor()));
}

TEST(Inbox, AFullOneRefusesAndCountsButTakesWhatMustNotBeLost) {
  auto inbox = *Inbox<int>::create(1);
  EXPECT_TRUE(inbox->post(1, Millis(0)));
  EXPECT_FALSE(inbox->post(2, Millis(0)));
  EXPECT_EQ(inbox->lost(), 1U);
  inbox->post_always(3);
  std::vector<int> out;
  inbox->drain(out, 10);
  EXPECT_EQ(out, (std::vector<int>{1, 3}));
}

TEST(Inbox, ASenderWaitsForRoom) {
  auto inbox = *Inbox<int>::create(1);
  EXPECT_TRUE(inbox->post(1, Millis(0)));
  std::jthread sender([&] { EXPECT_TRUE(inbox->post(2, Millis(60'000))); });
  std::vector<int> out;
  while (out.size() < 2) inbox->drain(out, 10);
  EXPECT_EQ(out, (std::vector<int>{1, 2}));
}

TEST(Inbox, ClosingFreesAWaitingSender) {
  auto inbox = *Inbox<int>::create(1);
  EXPECT_TRUE(inbox->post(1, Millis(0)));
  std::jthread sender([&] { EXPECT_FALSE(inbox->post(2, Millis(60'000))); });
  inbox->close();
  sender.join();
  inbox->post_always(3);
  std::vector<int> out;
  inbox->drain(out, 10);
  EXPECT_EQ(out, (std::vector<int>{1}));
}

}  // namespace
}  // namespace xiaogate::process
