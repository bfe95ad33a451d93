// Plugins that mean harm (tests/host/hostile): each is held, the fault is told in the right words,
// and a plugin beside it is answered as if nothing were.
#include <filesystem>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "host/landlock.h"
#include "host/manifest.h"
#include "tests/host/harness.h"

namespace xiaogate::host {
namespace {

#ifdef XIAOGATE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr const char* kForbidden = "did something that plugins may not do (SIGSYS)";

PluginManifest hostile(const std::string& name) {
  auto manifest = load_manifest(std::filesystem::path(XIAOGATE_HOSTILE_PLUGINS) / name);
  if (!manifest) throw std::runtime_error(manifest.error().text);
  return *std::move(manifest);
}

void send(Harness& harness, const std::string& plugin, std::uint64_t id, std::string data) {
  PluginInput input{PluginInputKind::message, "d1", "hostile/d1/in", std::move(data)};
  harness.host().call({id, plugin, std::move(input)}, MonoTime::max(), now());
}

template <class Event>
std::vector<Event> of(const Harness& harness, const std::string& plugin) {
  auto events = harness.all<Event>();
  std::erase_if(events, [&](const Event& event) { return event.plugin != plugin; });
  return events;
}

struct Offence {
  const char* plugin;
  CallFault fault;
  const char* words;       // in the reason of its end
  bool by_sandbox = true;  // there is none in a build with sanitizers
};

void PrintTo(const Offence& offence, std::ostream* out) {
  *out << offence.plugin;
}

class Hostile : public testing::TestWithParam<Offence> {
 protected:
  void SetUp() override {
    if (kSanitized && GetParam().by_sandbox) GTEST_SKIP() << "no sandbox in this build";
  }
};

TEST_P(Hostile, IsEndedAndNobodyElseNotices) {
  const Offence& offence = GetParam();
  Harness harness({.call_deadline = Millis(2'000)});
  harness.host().add(hostile(offence.plugin), test_config());
  harness.host().add(test_manifest("contrary"), test_config());
  auto ask = [&, id = std::uint64_t{100}](std::size_t times) mutable {
    while (times-- > 0) harness.call("contrary", id++, "behave");
  };
  ask(5);
  send(harness, offence.plugin, 1, std::to_string(getpid()));
  send(harness, offence.plugin, 2, "behave");
  ask(5);
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginDown>() >= 1; }));
  ask(5);
  ASSERT_TRUE(harness.run_until([&] {
    return of<CallReturned>(harness, "contrary").size() == 15 &&
           !of<CallReturned>(harness, offence.plugin).empty();
  }));

  const auto failed = harness.all<CallFailed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].plugin, offence.plugin);
  EXPECT_EQ(failed[0].call, 1U);
  EXPECT_EQ(failed[0].fault, offence.fault) << to_string(failed[0].fault);
  ASSERT_EQ(harness.count<PluginDown>(), 1U);
  EXPECT_EQ(harness.all<PluginDown>()[0].plugin, offence.plugin);
  EXPECT_THAT(harness.all<PluginDown>()[0].reason, testing::HasSubstr(offence.words));
  EXPECT_EQ(of<CallReturned>(harness, offence.plugin).front().call, 2U);
}

INSTANTIATE_TEST_SUITE_P(
    Plugins, Hostile,
    testing::Values(Offence{"opens_socket", CallFault::crashed, kForbidden},
                    Offence{"reads_passwd", CallFault::crashed, kForbidden},
                    Offence{"forks", CallFault::crashed, kForbidden},
                    Offence{"executes", CallFault::crashed, kForbidden},
                    Offence{"creates_thread", CallFault::crashed, kForbidden},
                    Offence{"signals_parent", CallFault::crashed, kForbidden},
                    Offence{"inherits_descriptor", CallFault::crashed, kForbidden},
                    Offence{"writes_code", CallFault::crashed, kForbidden},
                    Offence{"allocates", CallFault::crashed, "needed more memory than its quota"},
                    Offence{"loops", CallFault::overran, "did not answer a call within 2000 ms",
                            false},
                    Offence{"garbles_wire", CallFault::protocol, "is not one of the wire's", false},
                    Offence{"floods_stderr", CallFault::crashed, "it said: the first words"},
                    Offence{"exits", CallFault::crashed, "ended with status", false},
                    Offence{"crashes", CallFault::crashed, "signal 11 (SIGSEGV)"}),
    [](const auto& parameter) { return parameter.param.plugin; });

// A start that fails: of what is asked of the plugin nothing comes, of its neighbour everything.
void expect_never_up(const std::string& plugin, const std::string& words,
                     const std::string& runner = {}) {
  Harness harness({.runner = runner, .least_backoff = Millis(1)});
  harness.host().add(hostile(plugin), test_config());
  harness.host().add(test_manifest("contrary"), test_config());
  harness.call("contrary", 1, "behave");
  ASSERT_TRUE(harness.run_until([&] {
    return of<PluginDown>(harness, plugin).size() >= 2 && harness.count<CallReturned>() == 1;
  }));
  for (const auto& down : of<PluginDown>(harness, plugin)) {
    EXPECT_THAT(down.reason, testing::HasSubstr(words));
  }
  EXPECT_TRUE(of<PluginUp>(harness, plugin).empty());
  EXPECT_TRUE(of<PluginDown>(harness, "contrary").empty());
}

TEST(HostileStart, ACrashInCreate) {
  expect_never_up("crashes_in_create", kSanitized ? "" : "signal 11 (SIGSEGV)");
}

TEST(HostileStart, MischiefBeforeTheLibraryIsEvenOpen) {
  if (kSanitized) GTEST_SKIP() << "no sandbox in this build";
  // Without Landlock the static constructor can read, and ends the process itself to say so.
  expect_never_up("constructs_statically",
                  landlock_version() > 0 ? kForbidden : "ended with status 9");
}

TEST(HostileCalls, CrashesAtRandomFailTheirOwnCallsAlone) {
  // Neither parked nor in quarantine, for no two inputs are the same.
  Harness harness({.least_backoff = Millis(1), .most_backoff = Millis(2), .most_failures = 1000});
  harness.host().add(hostile("crashes_at_random"), test_config());
  constexpr std::uint64_t kCalls = 60;
  for (std::uint64_t id = 1; id <= kCalls; ++id) {
    send(harness, "crashes_at_random", id, "mischief " + std::to_string(id));
  }
  ASSERT_TRUE(harness.run_until(
      [&] { return harness.count<CallReturned>() + harness.count<CallFailed>() >= kCalls; }));
  std::set<std::uint64_t> answered;
  for (const auto& one : harness.all<CallReturned>()) answered.insert(one.call);
  for (const auto& one : harness.all<CallFailed>()) answered.insert(one.call);
  EXPECT_EQ(answered.size(), kCalls);
  EXPECT_GE(harness.count<CallFailed>(), 5U);
  EXPECT_GE(harness.count<CallReturned>(), 20U);
}

TEST(HostileCalls, AFloodIsCutToTheQuotaOfOneCall) {
  Harness harness;
  harness.host().add(hostile("floods"), test_config());
  send(harness, "floods", 1, "mischief");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
  const auto returned = harness.all<CallReturned>()[0];
  EXPECT_EQ(returned.effects.size(), 64U)
      << (returned.refused.empty() ? "" : returned.refused[0].reason);
}

TEST(HostileCalls, WhatBreaksTheThingModelComesBackAsRefused) {
  Harness harness;
  harness.host().add(hostile("breaks_thing_model"), test_config());
  send(harness, "breaks_thing_model", 1, "mischief");
  ASSERT_TRUE(harness.run_until([&] { return harness.count<CallReturned>() == 1; }));
  EXPECT_TRUE(harness.all<CallReturned>()[0].effects.empty());
  EXPECT_EQ(harness.all<CallReturned>()[0].refused.size(), 3U);
}

// What holds a plugin on this kernel, or on one that lacks something.
std::string held_by(const std::string& runner = {}) {
  Harness harness({.runner = runner});
  harness.host().add(test_manifest("contrary"), test_config());
  const bool up = harness.run_until([&] { return harness.count<PluginUp>() == 1; });
  return up ? harness.all<PluginUp>()[0].held_by : std::string("it is not up");
}

class Sandbox : public testing::Test {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "no sandbox in this build";
  }
};

TEST(SandboxOfSanitizers, SaysThatItHoldsNothing) {
  if (!kSanitized) GTEST_SKIP() << "this build has a sandbox";
  EXPECT_THAT(held_by(), testing::HasSubstr("sanitizers"));
}

TEST_F(Sandbox, SaysWhatHolds) {
  const std::string landlock =
      landlock_version() > 0 ? "Landlock " + std::to_string(landlock_version()) : "no Landlock";
  EXPECT_THAT(held_by(), testing::StartsWith("seccomp, limits, " + landlock));
}

TEST_F(Sandbox, HoldsWithoutLandlock) {
  const std::string runner = std::string(XIAOGATE_TEST_RUNNERS) + "without_landlock";
  EXPECT_THAT(held_by(runner), testing::StartsWith("seccomp, limits, no Landlock"));
  expect_never_up("constructs_statically", "ended with status 9", runner);
}

TEST_F(Sandbox, HoldsWithoutNamespaces) {
  const std::string runner = std::string(XIAOGATE_TEST_RUNNERS) + "without_namespaces";
  EXPECT_THAT(held_by(runner), testing::EndsWith("no namespaces"));
  expect_never_up("constructs_statically",
                  landlock_version() > 0 ? kForbidden : "ended with status 9", runner);
}

TEST_F(Sandbox, WithoutSeccompNoPluginRuns) {
  Harness harness({.runner = std::string(XIAOGATE_TEST_RUNNERS) + "without_seccomp"});
  harness.host().add(test_manifest("contrary"), test_config());
  ASSERT_TRUE(harness.run_until([&] { return harness.count<PluginDown>() >= 1; }));
  EXPECT_EQ(harness.count<PluginUp>(), 0U);
  EXPECT_THAT(harness.all<PluginDown>()[0].reason,
              testing::AllOf(testing::HasSubstr("seccomp"), testing::HasSubstr("kernel")));
}

}  // namespace
}  // namespace xiaogate::host
