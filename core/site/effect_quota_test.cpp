#include "site/effect_quota.h"

#include <gtest/gtest.h>

#include "site/state_quota.h"
#include "site/test_site.h"

namespace xiaogate::site {
namespace {

using testing::IsEmpty;

constexpr MonoTime kStart{Millis(5000)};

TEST(Allowance, RefillsWithTimeUpToWhatMayBeSaved) {
  Allowance allowance(10, 3, kStart);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(allowance.any(kStart));
    allowance.take(1);
  }
  EXPECT_FALSE(allowance.any(kStart));
  EXPECT_FALSE(allowance.any(kStart + Millis(99)));
  EXPECT_TRUE(allowance.any(kStart + Millis(100)));
  EXPECT_TRUE(allowance.any(kStart + std::chrono::hours(24 * 365)));
  allowance.take(3);
  EXPECT_FALSE(allowance.any(kStart + std::chrono::hours(24 * 365)));
  EXPECT_FALSE(allowance.any(kStart)) << "a clock that went back gives nothing";
}

TEST(Allowance, ADebtIsPaidFirst) {
  Allowance allowance(10, 3, kStart);
  allowance.take(13);
  EXPECT_FALSE(allowance.any(kStart + Millis(1000)));
  EXPECT_TRUE(allowance.any(kStart + Millis(1100)));
}

TEST(EffectQuota, OneDeviceCostsNoOtherAnything) {
  EffectQuota quota;
  int taken = 0;
  while (quota.effect("noisy", 0, kStart)) ++taken;
  EXPECT_EQ(taken, EffectQuota::kEffectsSaved);
  EXPECT_TRUE(quota.effect("quiet", 0, kStart));
  quota.opening("noisy", kStart);
  EXPECT_TRUE(quota.effect("noisy", 0, kStart));
}

TEST(EffectQuota, WhatIsLargeCostsMore) {
  EffectQuota quota;
  int taken = 0;
  while (quota.effect("d", 64 * 1024, kStart)) ++taken;
  EXPECT_EQ(taken, (EffectQuota::kEffectsSaved + 16) / 17);
}

TEST(StateQuota, CountsKeysAndValuesOfEachPlugin) {
  StateQuota quota({{"old", {{"k", StateQuota::kMost}}}});
  EXPECT_FALSE(quota.put("old", "l", 1));
  EXPECT_TRUE(quota.put("old", "k", StateQuota::kMaxValue)) << "less is always taken";
  EXPECT_TRUE(quota.put("old", "l", 1));
  int taken = 0;
  while (quota.put("new", "key" + std::to_string(taken), StateQuota::kMaxValue)) ++taken;
  EXPECT_EQ(taken, 15);
  EXPECT_TRUE(quota.put("new", "key0", 0));
  EXPECT_TRUE(quota.put("new", "another", StateQuota::kMaxValue));
  EXPECT_FALSE(quota.put("new", "", 1));
  EXPECT_FALSE(quota.put("new", std::string(StateQuota::kMaxKey + 1, 'k'), 1));
  EXPECT_FALSE(quota.put("new", "k", StateQuota::kMaxValue + 1));
}

// The site with a plugin that means harm.
class Flood : public SiteTest {
 protected:
  static PluginEffect timer(const std::string& name, Millis delay) {
    return {.kind = PluginEffectKind::timer,
            .device = "gate-1",
            .name = name,
            .data = {},
            .delay = delay};
  }
  std::size_t too_many() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i].kind == "plugin_effect_rejected" && body(i)["reason"] == "too_many") ++count;
    }
    return count;
  }
};

TEST_F(Flood, ATimerOfNoDelayThatSetsItselfAgainEnds) {
  handle(DeviceMessage{"s1/x", ""});
  int turns = 0;
  while (!calls().empty()) {
    ASSERT_LT(++turns, 2 * EffectQuota::kEffectsSaved);
    const auto call = calls()[0];
    returned(call, {timer("again", Millis(0))});
    handle(Tick{});
  }
  EXPECT_EQ(turns, EffectQuota::kEffectsSaved + 1);
  EXPECT_EQ(too_many(), 1U);
}

TEST_F(Flood, ADeviceHasOnlySoManyTimers) {
  handle(DeviceMessage{"s1/x", ""});
  std::vector<PluginEffect> many;
  for (int i = 0; i < 64; ++i) many.push_back(timer(std::to_string(i), Millis(1000)));
  many.push_back(timer("0", Millis(2000)));  // one that is set may be set anew
  returned(calls()[0], many);
  EXPECT_EQ(too_many(), 1U);
  now.mono += Millis(3000);
  handle(Tick{});
  EXPECT_EQ(calls().size(), EffectQuota::kMostTimers);
}

TEST_F(Flood, TheJournalCannotBeFilled) {
  for (int message = 0; message < 100; ++message) {
    handle(DeviceMessage{"s1/x", ""});
    std::vector<PluginEffect> toggles;
    for (int i = 0; i < 64; ++i)
      toggles.push_back(event("gate-1", "online", {{"online", i % 2 == 0}}));
    returned(calls()[0], toggles);
  }
  EXPECT_LE(records.size(), static_cast<std::size_t>(EffectQuota::kRecordsSaved) + 2);
  EXPECT_GE(too_many(), 1U);
}

TEST_F(Flood, TheGateOpensNevertheless) {
  handle(DeviceMessage{"s1/x", ""});
  const auto message = calls()[0];
  std::vector<PluginEffect> flood;
  for (int i = 0; i < 2000; ++i) flood.push_back(publish("gate-1", "s1/rpc"));
  returned(message, flood);
  EXPECT_EQ(published().size(), static_cast<std::size_t>(EffectQuota::kEffectsSaved));
  scan("reader-1", code());
  returned(calls()[0], {publish("gate-1", "s1/rpc")});
  EXPECT_EQ(published().size(), 1U);
}

TEST_F(Flood, APluginKeepsOneMebibyte) {
  Recovered recovered;
  recovered.plugin_state["shelly"]["kept"] = StateQuota::kMost - 100;
  restart(recovered);
  handle(DeviceMessage{"s1/x", ""});
  const auto call = calls()[0];
  returned(
      call,
      {{.kind = PluginEffectKind::put, .device = {}, .name = "k", .data = std::string(200, 'v')}});
  EXPECT_THAT(last.writes, testing::SizeIs(1)) << "the record of its refusal";
  EXPECT_EQ(body(0)["reason"], "state_too_large");
}

}  // namespace
}  // namespace xiaogate::site
