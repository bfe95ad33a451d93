// Who is not called again: inputs in quarantine, plugins that are parked or removed.
#include <gtest/gtest.h>

#include "tests/host/harness.h"

namespace xiaogate::host {
namespace {

HostOptions quick(std::size_t most_failures = 100) {
  return {.least_backoff = Millis(1), .most_backoff = Millis(2), .most_failures = most_failures};
}

std::vector<CallFault> faults(const Harness& harness) {
  std::vector<CallFault> faults;
  for (const auto& failed : harness.all<CallFailed>()) faults.push_back(failed.fault);
  return faults;
}

PluginOverview overview(Harness& harness) {
  const auto all = harness.host().plugins(now());
  return all.empty() ? PluginOverview{} : all.front();
}

TEST(Quarantine, AnInputThatEndsTheProcessTwiceIsNotGivenAgain) {
  Harness harness(quick());
  harness.host().add(test_manifest("contrary"), test_config());
  for (std::uint64_t id = 1; id <= 5; ++id) harness.message("contrary", id, "exit", "\x01poison");
  harness.message("contrary", 6, "exit", "\x02poison");  // its first time
  harness.message("contrary", 7, "good");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
  using enum CallFault;
  EXPECT_EQ(faults(harness),
            (std::vector{crashed, crashed, quarantined, quarantined, quarantined, crashed}));
  const auto told = harness.all<InputQuarantined>();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].plugin, "contrary");
  EXPECT_EQ(told[0].device, "d1");
  EXPECT_EQ(told[0].name, "exit");
  EXPECT_EQ(told[0].digest.size(), 64U);
  EXPECT_EQ(told[0].beginning, "?poison");
  EXPECT_EQ(overview(harness).quarantined, 1U);
}

TEST(Quarantine, EndsWhenAPersonStartsThePlugin) {
  Harness harness(quick());
  harness.host().add(test_manifest("contrary"), test_config());
  for (std::uint64_t id = 1; id <= 3; ++id) harness.message("contrary", id, "exit");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 3; }));
  ASSERT_TRUE(harness.host().start("contrary", now()));
  EXPECT_EQ(overview(harness).quarantined, 0U);
  harness.message("contrary", 4, "exit");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 4; }));
  EXPECT_EQ(faults(harness).back(), CallFault::crashed);
}

TEST(Quarantine, CommandsAreNeverRefusedForWhatTheyDid) {
  Harness harness(quick());
  harness.host().add(test_manifest("contrary"), test_config());
  for (std::uint64_t id = 1; id <= 4; ++id) harness.call("contrary", id, "exit");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 4; }));
  for (const auto fault : faults(harness)) EXPECT_EQ(fault, CallFault::crashed);
  EXPECT_EQ(harness.count<InputQuarantined>(), 0U);
}

TEST(Parking, APluginThatFailsTooOftenStaysDownUntilAPersonActs) {
  Harness harness(quick(2));
  harness.host().add(test_manifest("contrary"), test_config("exit"));
  harness.call("contrary", 1, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 1; }));
  EXPECT_EQ(harness.count<PluginDown>(), 2U);
  ASSERT_EQ(harness.count<PluginParked>(), 1U);
  EXPECT_NE(harness.all<PluginParked>()[0].reason.find("failed 3 times within 10 min"),
            std::string::npos)
      << harness.all<PluginParked>()[0].reason;
  harness.call("contrary", 2, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 2; }));
  for (const auto fault : faults(harness)) EXPECT_EQ(fault, CallFault::parked);
  EXPECT_FALSE(harness.host().next_deadline()) << "a parked plugin waits for nothing";
  EXPECT_EQ(overview(harness).state, "parked");
  EXPECT_EQ(overview(harness).failures, 3U);
  EXPECT_EQ(overview(harness).pid, 0);

  ASSERT_TRUE(harness.host().start("contrary", now()));
  EXPECT_EQ(overview(harness).state, "waiting");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginParked>() == 2; }));
}

TEST(Parking, ARefusalOfTheConfigurationIsAFailure) {
  Harness harness(quick(2));
  harness.host().add(test_manifest("contrary"), test_config("throw"));
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginParked>() == 1; }));
  EXPECT_NE(harness.all<PluginParked>()[0].reason.find("thrown on command"), std::string::npos);
}

TEST(Parking, FailuresOfLongAgoDoNotCount) {
  auto options = quick(1);
  options.failure_window = Millis(0);
  Harness harness(options);
  harness.host().add(test_manifest("contrary"), test_config("exit"));
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginDown>() == 6; }));
  EXPECT_EQ(harness.count<PluginParked>(), 0U);
}

TEST(Parking, StartLeavesAPluginThatIsUpAlone) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginUp>() == 1; }));
  const int pid = overview(harness).pid;
  EXPECT_GT(pid, 0);
  ASSERT_TRUE(harness.host().start("contrary", now()));
  harness.call("contrary", 1, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
  EXPECT_EQ(overview(harness).pid, pid);
  EXPECT_EQ(harness.host().start("nobody", now()).error().code, "plugin.unknown");
}

TEST(Removal, AnswersEveryCallAndLeavesNoProcess) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginUp>() == 1; }));
  harness.call("contrary", 1, "loop");
  harness.call("contrary", 2, "behave");
  ASSERT_TRUE(harness.host().remove("contrary"));
  harness.call("contrary", 3, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 3; }));
  for (const auto fault : faults(harness)) EXPECT_EQ(fault, CallFault::unknown_plugin);
  EXPECT_TRUE(harness.host().plugins(now()).empty());
  EXPECT_EQ(harness.host().remove("contrary").error().code, "plugin.unknown");

  harness.host().add(test_manifest("contrary"), test_config());
  harness.call("contrary", 4, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
}

}  // namespace
}  // namespace xiaogate::host
