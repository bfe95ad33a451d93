// Another version of a plugin takes over while calls go on. The plugin counts on from the count it
// finds stored, so a call that is lost or made twice, and state that is stale, all show.
#include <map>

#include <gtest/gtest.h>

#include "model/json.h"
#include "tests/host/harness.h"

namespace xiaogate::host {
namespace {

constexpr Millis kPatient{20'000};

// Calls count one after the other, several under way at a time.
class Load {
 public:
  explicit Load(Harness& harness) : harness_(harness) {}

  void call(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) harness_.call("contrary", ++last_, "count");
  }
  bool all_answered() const { return answered() == last_; }
  std::size_t answered() const {
    return harness_.count<CallReturned>() + harness_.count<CallFailed>();
  }

  // Call n was answered with n.
  void expect_each_counted_once() const {
    EXPECT_EQ(harness_.count<CallFailed>(), 0U);
    std::uint64_t next = 0;
    for (const auto& returned : harness_.all<CallReturned>()) {
      EXPECT_EQ(returned.call, ++next);
      ASSERT_EQ(returned.effects.size(), 2U);
      const auto body = parse_json(returned.effects[1].data).value();
      EXPECT_EQ(body.at("count"), std::to_string(next));
    }
    EXPECT_EQ(next, last_);
  }

 private:
  Harness& harness_;
  std::uint64_t last_ = 0;
};

std::size_t upgrades(const Harness& harness) {
  return harness.count<PluginUpgraded>() + harness.count<PluginUpgradeFailed>();
}

TEST(Upgrade, UnderLoadEveryCallIsAnsweredOnceWithTheStateOfTheOneBefore) {
  Harness harness({.upgrade_deadline = kPatient});
  Load load(harness);
  harness.host().add(test_manifest("contrary"), test_config());
  for (std::size_t round = 1; round <= 10; ++round) {
    load.call(100);
    // Not at a pause: some are answered, some under way, some wait.
    const auto some = load.answered() + 10;
    ASSERT_TRUE(harness.run_until([&] { return load.answered() >= some; }));
    const auto next = round % 2 == 1 ? test_manifest_2() : test_manifest("contrary");
    ASSERT_TRUE(harness.host().upgrade(next, test_config()));
    load.call(50);
    ASSERT_TRUE(harness.run_until([&] { return upgrades(harness) == round; }));
  }
  ASSERT_TRUE(harness.run_until([&] { return load.all_answered(); }));
  load.expect_each_counted_once();
  ASSERT_EQ(harness.count<PluginUpgraded>(), 10U);
  EXPECT_EQ(harness.all<PluginUpgraded>()[0].from, "1.0.0");
  EXPECT_EQ(harness.all<PluginUpgraded>()[0].to, "2.0.0");
  EXPECT_EQ(harness.count<PluginDown>(), 0U);
  EXPECT_EQ(harness.count<PluginUp>(), 1U);
}

TEST(Upgrade, ANewVersionThatCannotStartLeavesTheOldOneAtWork) {
  for (const char* how : {"crash", "exit", "throw", "loop"}) {
    const bool slow = how == std::string("loop");
    Harness harness({.upgrade_deadline = slow ? Millis(200) : kPatient});
    Load load(harness);
    harness.host().add(test_manifest("contrary"), test_config());
    load.call(50);
    ASSERT_TRUE(harness.run_until([&] { return load.answered() >= 5; }));
    const int pid = harness.host().plugins(now()).at(0).pid;
    ASSERT_TRUE(harness.host().upgrade(test_manifest_2(), test_config(how)));
    load.call(50);
    ASSERT_TRUE(harness.run_until([&] { return load.all_answered(); })) << how;
    load.expect_each_counted_once();
    ASSERT_EQ(harness.count<PluginUpgradeFailed>(), 1U) << how;
    EXPECT_EQ(harness.all<PluginUpgradeFailed>()[0].version, "2.0.0");
    EXPECT_FALSE(harness.all<PluginUpgradeFailed>()[0].reason.empty());
    const auto overview = harness.host().plugins(now()).at(0);
    EXPECT_EQ(overview.pid, pid) << how;
    EXPECT_EQ(overview.version, "1.0.0");
    EXPECT_EQ(overview.upgrading_to, "");
    EXPECT_EQ(harness.count<PluginDown>(), 0U);
  }
}

TEST(Upgrade, AVersionThatIsNotInItsLibraryIsRefused) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  auto wrong = test_manifest_2();
  wrong.version = "3.0.0";
  ASSERT_TRUE(harness.host().upgrade(wrong, test_config()));
  ASSERT_TRUE(harness.run_until([&] { return upgrades(harness) == 1; }));
  ASSERT_EQ(harness.count<PluginUpgradeFailed>(), 1U);
  EXPECT_NE(harness.all<PluginUpgradeFailed>()[0].reason.find("3.0.0"), std::string::npos);
}

TEST(Upgrade, TheOldVersionMayEndMeanwhile) {
  Harness harness({.upgrade_deadline = kPatient});
  harness.host().add(test_manifest("contrary"), test_config());
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginUp>() == 1; }));
  harness.call("contrary", 1, "exit");
  harness.call("contrary", 2, "count");
  ASSERT_TRUE(harness.host().upgrade(test_manifest_2(), test_config()));
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
  EXPECT_EQ(harness.all<CallReturned>()[0].call, 2U);
  EXPECT_EQ(harness.count<CallFailed>(), 1U);
  ASSERT_TRUE(harness.run_until([&] { return upgrades(harness) == 1; }));
  EXPECT_EQ(harness.host().plugins(now()).at(0).version, "2.0.0");
}

TEST(Upgrade, BringsAParkedPluginBack) {
  Harness harness({.least_backoff = Millis(1), .most_failures = 0, .upgrade_deadline = kPatient});
  harness.host().add(test_manifest("contrary"), test_config("exit"));
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginParked>() == 1; }));
  ASSERT_TRUE(harness.host().upgrade(test_manifest_2(), test_config("exit")));
  ASSERT_TRUE(harness.run_until([&] { return upgrades(harness) == 1; }));
  EXPECT_EQ(harness.count<PluginUpgradeFailed>(), 1U);
  EXPECT_EQ(harness.host().plugins(now()).at(0).state, "parked");
  ASSERT_TRUE(harness.host().upgrade(test_manifest_2(), test_config()));
  ASSERT_TRUE(harness.run_until([&] { return upgrades(harness) == 2; }));
  harness.call("contrary", 1, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
}

TEST(Upgrade, WhatTheNewVersionDoesNotOfferFails) {
  constexpr std::string_view kModels[] = {
      R"({"title":"contrary","actions":{"behave":{},"count":{}},"tm:optional":["/actions/count"],
          "events":{"before":{}}})"};
  auto made = PluginHost::create({.runner = XIAOGATE_PLUGIN_RUNNER, .upgrade_deadline = kPatient},
                                 Interfaces::compile(kModels).value(),
                                 [](const std::string&) { return PluginState(); });
  auto& host = *made.value();
  auto manifest = test_manifest("contrary");
  manifest.interfaces = {{"contrary", {"count"}}};
  host.add(manifest, test_config());
  const auto call = [&](std::uint64_t id, const char* action) {
    host.call({id, "contrary", {PluginInputKind::command, "d1", action, "{}"}}, MonoTime::max(),
              now());
  };
  ASSERT_TRUE(host.upgrade(test_manifest_2(), test_config()));
  call(1, "count");
  call(2, "behave");
  std::vector<HostEvent> events;
  const auto returned = [&] {
    for (auto& event : host.service(now())) events.push_back(std::move(event));
    return !events.empty() && std::holds_alternative<CallReturned>(events.back());
  };
  const auto give_up = now().mono + std::chrono::minutes(1);
  while (!returned() && now().mono < give_up) {
  }
  ASSERT_EQ(events.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<PluginUpgraded>(events[0]));
  ASSERT_TRUE(std::holds_alternative<CallFailed>(events[1]));
  EXPECT_EQ(std::get<CallFailed>(events[1]).fault, CallFault::no_such_action);
  EXPECT_EQ(std::get<CallReturned>(events[2]).call, 2U);
}

TEST(Upgrade, OneAtATimeAndOnlyOfPluginsThatAreThere) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  EXPECT_EQ(harness.host().upgrade(test_manifest("silent"), "").error().code, "plugin.unknown");
  ASSERT_TRUE(harness.host().upgrade(test_manifest_2(), test_config()));
  EXPECT_EQ(harness.host().upgrade(test_manifest_2(), test_config()).error().code,
            "plugin.conflict");
}

}  // namespace
}  // namespace xiaogate::host
