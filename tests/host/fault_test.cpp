// Plugins that crash, hang and lie: the offender fails, everybody else is answered.
#include <cerrno>
#include <set>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/host/harness.h"

namespace xiaogate::host {
namespace {

// `offence` between two good calls: it alone fails, and the others are answered in order.
void expect_only_the_offender_fails(const std::string& offence, CallFault fault) {
  Harness harness({.call_deadline = Millis(1'000)});
  harness.host().add(test_manifest("contrary"), test_config());
  harness.call("contrary", 1, "behave");
  harness.call("contrary", 2, offence);
  harness.call("contrary", 3, "behave");
  harness.call("contrary", 4, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 3; }));
  std::vector<std::uint64_t> returned;
  for (const auto& one : harness.all<CallReturned>()) returned.push_back(one.call);
  EXPECT_EQ(returned, (std::vector<std::uint64_t>{1, 3, 4}));
  const auto failed = harness.all<CallFailed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].call, 2U);
  EXPECT_EQ(failed[0].fault, fault);
  ASSERT_EQ(harness.count<PluginDown>(), 1U);
  EXPECT_EQ(harness.count<PluginUp>(), 2U);
}

TEST(PluginFault, ACrashFailsItsCallAlone) {
  expect_only_the_offender_fails("crash", CallFault::crashed);
}

TEST(PluginFault, AnExitFailsItsCallAlone) {
  expect_only_the_offender_fails("exit", CallFault::crashed);
}

TEST(PluginFault, AnEndlessLoopFailsItsCallAlone) {
  expect_only_the_offender_fails("loop", CallFault::overran);
}

TEST(PluginFault, OtherPluginsNeverNotice) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  harness.host().add(test_manifest("silent"), test_config());
  harness.call("contrary", 1, "behave");
  ASSERT_TRUE(harness.run_until(
      [&] { return harness.count<CallReturned>() == 1 && harness.count<PluginDown>() >= 2; }));
  for (const auto& down : harness.all<PluginDown>()) EXPECT_EQ(down.plugin, "silent");
}

TEST(PluginFault, AStartThatFailsIsRetriedEverMoreSlowly) {
  for (const char* how : {"crash", "exit", "throw", "loop"}) {
    Harness harness(
        {.start_deadline = Millis(2'000), .least_backoff = Millis(1), .most_backoff = Millis(4)});
    harness.host().add(test_manifest("contrary"), test_config(how));
    ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginDown>() >= 4; })) << how;
    std::vector<Millis::rep> waits;
    for (const auto& down : harness.all<PluginDown>()) waits.push_back(down.restart_in.count());
    EXPECT_EQ(waits, (std::vector<Millis::rep>{1, 2, 4, 4})) << how;
    EXPECT_FALSE(harness.all<PluginDown>()[0].reason.empty());
    EXPECT_EQ(harness.count<PluginUp>(), 0U);
  }
}

TEST(PluginFault, AHealthyMinuteForgetsTheBackOff) {
  Harness harness({.least_backoff = Millis(1), .healthy_after = Millis(0)});
  harness.host().add(test_manifest("contrary"), test_config());
  for (std::uint64_t id = 1; id <= 3; ++id) harness.call("contrary", id, "exit");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginDown>() == 3; }));
  for (const auto& down : harness.all<PluginDown>()) EXPECT_EQ(down.restart_in, Millis(1));
}

TEST(PluginFault, ACallThatWaitsTooLongExpires) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config("exit"));
  harness.call("contrary", 1, "behave", "{}", now().mono + Millis(5));
  harness.call("contrary", 2, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 1; }));
  EXPECT_EQ(harness.all<CallFailed>()[0].call, 1U);
  EXPECT_EQ(harness.all<CallFailed>()[0].fault, CallFault::expired);
}

TEST(PluginFault, AnExpiredCallIsNotSentAgainAfterACrash) {
  Harness harness({.least_backoff = Millis(300)});
  harness.host().add(test_manifest("contrary"), test_config());
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginUp>() == 1; }));
  // Both are in flight when the first ends the process; the second's time is over by the restart.
  harness.call("contrary", 1, "exit");
  harness.call("contrary", 2, "behave", "{}", now().mono + Millis(200));
  harness.call("contrary", 3, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
  EXPECT_EQ(harness.all<CallReturned>()[0].call, 3U);
  ASSERT_EQ(harness.count<CallFailed>(), 2U);
  EXPECT_EQ(harness.all<CallFailed>()[1].fault, CallFault::expired);
}

TEST(PluginFault, AFullQueueRefusesAndGoesOn) {
  Harness harness({.most_queued = 10});
  harness.host().add(test_manifest("contrary"), test_config());
  for (std::uint64_t id = 1; id <= 15; ++id) harness.call("contrary", id, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 10; }));
  const auto failed = harness.all<CallFailed>();
  ASSERT_EQ(failed.size(), 5U);
  EXPECT_EQ(failed.front().call, 11U);
  for (const auto& one : failed) EXPECT_EQ(one.fault, CallFault::overloaded);
}

TEST(PluginFault, EveryCallIsAnsweredOnceThroughManyCrashes) {
  Harness harness({.least_backoff = Millis(1), .most_backoff = Millis(2), .most_failures = 1000});
  harness.host().add(test_manifest("contrary"), test_config());
  constexpr std::uint64_t kCalls = 300;
  for (std::uint64_t id = 1; id <= kCalls; ++id) {
    harness.call("contrary", id, id % 7 == 0 ? "crash" : "behave");
  }
  ASSERT_TRUE(harness.run_until(
      [&] { return harness.count<CallReturned>() + harness.count<CallFailed>() >= kCalls; }));
  std::multiset<std::uint64_t> answered;
  for (const auto& one : harness.all<CallReturned>()) answered.insert(one.call);
  for (const auto& one : harness.all<CallFailed>()) {
    EXPECT_EQ(one.call % 7, 0U);
    answered.insert(one.call);
  }
  EXPECT_EQ(answered.size(), kCalls);
  for (std::uint64_t id = 1; id <= kCalls; ++id) EXPECT_EQ(answered.count(id), 1U) << id;
}

TEST(PluginFault, NoProcessOutlivesTheHost) {
  {
    Harness harness;
    harness.host().add(test_manifest("contrary"), test_config());
    harness.call("contrary", 1, "loop");
    ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginUp>() == 1; }));
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace xiaogate::host
