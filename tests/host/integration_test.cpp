// The plugin host and well-behaved plugins, in processes of their own and in this one.
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "host/plugin_library.h"
#include "host/wire.h"
#include "model/json.h"
#include "tests/host/harness.h"

namespace xiaogate::host {
namespace {

PluginInput command(const std::string& action, std::string data = "{}") {
  return {PluginInputKind::command, "d1", action, std::move(data)};
}

PluginInstance in_process(const PluginState& state = {}) {
  const auto library = PluginLibrary::open(test_manifest("contrary"));
  EXPECT_TRUE(library.has_value()) << library.error().text;
  auto instance = library->create(test_config(), state);
  EXPECT_TRUE(instance.has_value()) << instance.error().text;
  return std::move(*instance);
}

TEST(PluginLibrary, CallsAPluginInThisProcess) {
  auto plugin = in_process({{"kept", "42"}});
  const auto effects = plugin.handle(command("recall"), 1, WallTime());
  ASSERT_TRUE(effects.has_value());
  ASSERT_EQ(effects->size(), 1U);
  EXPECT_EQ(effects->front().kind, PluginEffectKind::event);
  EXPECT_EQ(effects->front().device, "d1");
  EXPECT_EQ(effects->front().name, "recalled");
  EXPECT_EQ(effects->front().data, R"({"kept":"42"})");
}

TEST(PluginLibrary, AnExceptionIsNotUnderstood) {
  auto plugin = in_process();
  EXPECT_EQ(plugin.handle(command("throw"), 1, WallTime()).error().code, "plugin.not_understood");
  EXPECT_EQ(plugin.handle(command("no such"), 2, WallTime()).error().code, "plugin.not_understood");
}

TEST(PluginLibrary, KeepsAPluginWithinItsQuota) {
  auto plugin = in_process();
  EXPECT_EQ(plugin.handle(command("flood"), 1, WallTime())->size(), kMaxEffects);
  EXPECT_EQ(plugin.handle(command("fill"), 2, WallTime())->size(), 2U);
  EXPECT_EQ(plugin.handle(command("nonsense"), 3, WallTime())->size(), 0U);
}

TEST(PluginLibrary, RefusesWhatIsNoPluginOfThisGateway) {
  auto manifest = test_manifest("contrary");
  manifest.version = "2.0.0";
  EXPECT_EQ(PluginLibrary::open(manifest).error().code, "plugin.invalid");
  EXPECT_EQ(PluginLibrary::open(test_manifest("future")).error().code, "plugin.invalid");
  EXPECT_EQ(PluginLibrary::open(test_manifest("silent")).error().code, "plugin.invalid");
  EXPECT_EQ(PluginLibrary::open(test_manifest("absent")).error().code, "plugin.missing");
}

TEST(PluginHost, AnswersCallsInTheirOrder) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  constexpr std::size_t kCalls = 500;  // many more than are in flight at once
  for (std::uint64_t id = 1; id <= kCalls; ++id) harness.call("contrary", id, "behave");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == kCalls; }));
  std::uint64_t id = 0;
  for (const auto& returned : harness.all<CallReturned>()) EXPECT_EQ(returned.call, ++id);
  EXPECT_EQ(harness.count<PluginUp>(), 1U);
  EXPECT_EQ(harness.count<CallFailed>(), 0U);
}

TEST(PluginHost, GivesThePluginItsConfigurationAndStateHoweverLarge) {
  Harness harness;
  const auto config = test_config() + std::string(300'000, ' ');
  for (int i = 0; i < 20; ++i) harness.state["k" + std::to_string(i)] = std::string(50'000, 's');
  harness.state["kept"] = "this";
  harness.host().add(test_manifest("contrary"), config);
  harness.call("contrary", 1, "recall");
  harness.call("contrary", 2, "environment");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 2; }));
  EXPECT_EQ(harness.all<CallReturned>()[0].effects.front().data, R"({"kept":"this"})");
  EXPECT_EQ(harness.all<CallReturned>()[1].effects.front().data, R"({"path":"none"})");
}

TEST(PluginHost, CarriesResultsOfSeveralFrames) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  harness.call("contrary", 1, "fill");
  harness.call("contrary", 2, "flood");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 2; }));
  EXPECT_EQ(harness.all<CallReturned>()[0].effects.size(), 2U);
  EXPECT_EQ(harness.all<CallReturned>()[1].effects.size(), kMaxEffects);
}

TEST(PluginHost, TakesOutWhatBreaksTheThingModelAndKeepsTheRest) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  harness.call("contrary", 1, "lie");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
  const auto returned = harness.all<CallReturned>()[0];
  ASSERT_EQ(returned.effects.size(), 2U);
  EXPECT_EQ(returned.effects[0].name, "before");
  EXPECT_EQ(returned.effects[1].data, "after");
  ASSERT_EQ(returned.refused.size(), 3U);
  for (const auto& refused : returned.refused) EXPECT_EQ(refused.device, "d1");
  EXPECT_EQ(returned.refused[0].reason.substr(0, 12), "unheard_of: ");
  EXPECT_EQ(returned.refused[1].reason.substr(0, 14), "heard: /size: ");
  EXPECT_EQ(returned.refused[2].reason.substr(0, 22), "heard: : is not JSON: ");
}

TEST(PluginHost, ManyLargeCallsQueueUpWithoutLoss) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  const std::string payload(100'000, 'm');
  for (std::uint64_t id = 1; id <= 100; ++id) {
    PluginInput input{PluginInputKind::message, "d1", "t", payload};
    harness.host().call({id, "contrary", std::move(input)}, MonoTime::max(), now());
  }
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 100; }));
}

TEST(PluginHost, TellsOfCallsThatCannotBeMade) {
  Harness harness;
  harness.host().add(test_manifest("contrary"), test_config());
  harness.call("nobody", 1, "behave");
  harness.call("contrary", 2, "remember", Json{{"x", std::string(wire::kMaxFrame, 'x')}}.dump());
  harness.call("contrary", 3, "no such");
  harness.call("contrary", 4, "unheard of");
  harness.call("contrary", 5, "behave", R"({"how":"well"})");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallFailed>() == 5; }));
  const auto failed = harness.all<CallFailed>();
  EXPECT_EQ(failed[0].fault, CallFault::unknown_plugin);
  EXPECT_EQ(failed[1].fault, CallFault::too_large);
  EXPECT_EQ(failed[2].fault, CallFault::no_such_action);
  EXPECT_EQ(failed[3].fault, CallFault::invalid_action);
  EXPECT_EQ(failed[4].fault, CallFault::not_understood);
  EXPECT_EQ(failed[4].device, "d1");
}

TEST(PluginHost, RefusesToExistWithoutItsRunner) {
  const auto host = PluginHost::create({.runner = "/nonexistent/runner"}, test_interfaces(), {});
  ASSERT_FALSE(host.has_value());
  EXPECT_EQ(host.error().code, "host.unavailable");
}

}  // namespace
}  // namespace xiaogate::host
