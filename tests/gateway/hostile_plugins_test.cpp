// A site whose gates have hostile plugins for neighbours (tests/host/hostile), each driving a
// device of its own: every scan opens the gate, and the journal names who did what.

#include <set>

#include <gtest/gtest.h>

#include "tests/gateway/devices.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

#ifdef XIAOGATE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr std::size_t kRiders = 100;
constexpr int kScansBeside = 2;  // while each offence goes on

struct Offence {
  std::string plugin;
  // The record that names it: kind, reason, and what its detail says. The source is the plugin, or
  // for message_rejected its device.
  std::string kind;
  std::string reason;
  std::string detail;
  bool by_sandbox = true;
};

const std::string kForbidden = "may not do (SIGSYS)";

const std::vector<Offence> kOffences{
    {"opens_socket", "plugin_failed", "down", kForbidden},
    {"reads_passwd", "plugin_failed", "down", kForbidden},
    {"forks", "plugin_failed", "down", kForbidden},
    {"executes", "plugin_failed", "down", kForbidden},
    {"creates_thread", "plugin_failed", "down", kForbidden},
    {"signals_parent", "plugin_failed", "down", kForbidden},
    {"inherits_descriptor", "plugin_failed", "down", kForbidden},
    {"writes_code", "plugin_failed", "down", kForbidden},
    {"constructs_statically", "plugin_failed", "down", ""},
    {"crashes_in_create", "plugin_failed", "down", "", false},
    {"crashes", "message_rejected", "crashed", "", false},
    {"crashes_at_random", "message_rejected", "crashed", "", false},
    {"exits", "plugin_failed", "down", "ended with status", false},
    {"loops", "message_rejected", "overran", "", false},
    {"allocates", "plugin_failed", "down", "more memory than its quota"},
    {"garbles_wire", "message_rejected", "protocol", "", false},
    {"floods", "plugin_effect_rejected", "too_many", "", false},
    {"floods_stderr", "plugin_failed", "down", "the first words"},
    {"speaks_for_another", "plugin_effect_rejected", "topic_not_allowed", "", false},
    {"speaks_for_another", "plugin_effect_rejected", "device_of_another_plugin", "", false},
    {"breaks_thing_model", "plugin_effect_rejected", "breaks_thing_model", "", false},
};

std::string device_of(const std::string& plugin) {
  return "device-" + plugin;
}

class HostilePlugins : public testing::Test {
 protected:
  void SetUp() override {
    site_.install_plugins(XIAOGATE_HOSTILE_PLUGINS);
    site_.start_hub();
    riders_ = site_.register_riders(kRiders);
    ASSERT_TRUE(devices_.wait_up());
    site_.serve_gateway();
    ASSERT_TRUE(site_.wait_status(
        [](const Json& status) { return status["feed"]["seq"].get<std::size_t>() == kRiders; }));
    pid_ = site_.gateway().pid();
  }

  // One scan, one opening of the right gate, on record.
  void expect_opens(const std::string& beside) {
    const std::size_t before = devices_.command_count();
    const Rider& rider = riders_.at(next_rider_++ % kRiders);
    ASSERT_TRUE(devices_.scan("north", rider.code()));
    ASSERT_TRUE(devices_.wait_commands(before)) << beside << site_.status() << site_.log();
    const auto command = devices_.commands().back();
    EXPECT_EQ(command.gate, "gate-1");
    auto journal = site_.journal();
    const auto record = value(journal.records(command.rpc_id, 1));
    ASSERT_EQ(record.size(), 1U);
    EXPECT_EQ(record[0].kind, "access_granted");
    EXPECT_EQ(devices_.command_count(), before + 1) << "a gate opened for " << beside;
  }
  void expect_named(const Offence& offence) {
    const bool of_device = offence.kind == "message_rejected";
    const std::string source = of_device ? device_of(offence.plugin) : offence.plugin;
    const auto is = [&](const Json& body) {
      return body["source"] == source && body["reason"] == offence.reason &&
             body["detail"].get<std::string>().find(offence.detail) != std::string::npos;
    };
    auto journal = site_.journal();
    EXPECT_TRUE(wait_until([&] { return !find_record(journal, offence.kind, is).is_null(); }))
        << offence.plugin << ": no " << offence.kind << " " << offence.reason << "\n"
        << site_.log();
  }

  RealSite site_{[](Json& config) {
    std::set<std::string> added;
    for (const auto& offence : kOffences) {
      if (!added.insert(offence.plugin).second) continue;
      config["devices"].push_back({{"id", device_of(offence.plugin)},
                                   {"plugin", offence.plugin},
                                   {"options", Json::object()}});
    }
  }};
  Devices devices_{site_.site_broker().url()};
  std::vector<Rider> riders_;
  std::size_t next_rider_ = 0;
  pid_t pid_ = 0;
};

TEST_F(HostilePlugins, EveryScanOpensAndTheJournalNamesTheOffender) {
  for (const auto& offence : kOffences) {
    if (kSanitized && offence.by_sandbox) continue;
    for (int scan = 0; scan < kScansBeside; ++scan) {
      ASSERT_TRUE(devices_.publish("hostile/" + device_of(offence.plugin) + "/in", "mischief"));
      expect_opens(offence.plugin);
      if (HasFatalFailure()) return;
    }
  }
  // Until each has been told of: the random one needs several messages.
  for (int i = 0; i < 30; ++i) {
    devices_.publish("hostile/" + device_of("crashes_at_random") + "/in", "mischief");
  }
  for (const auto& offence : kOffences) {
    if (!kSanitized || !offence.by_sandbox) expect_named(offence);
  }
  expect_opens("all of them");

  EXPECT_EQ(site_.gateway().pid(), pid_);
  EXPECT_TRUE(site_.gateway().running()) << site_.log();
  const Json plugins = site_.status()["plugins"];
  EXPECT_EQ(plugins["shelly"], "up");
  EXPECT_EQ(plugins["reader"], "up");
  auto journal = site_.journal();
  const auto well = [](const Json& body) {
    return body["source"] == "shelly" || body["source"] == "reader";
  };
  EXPECT_TRUE(find_record(journal, "plugin_failed", well).is_null());
  const auto checked = journal.verify();
  EXPECT_TRUE(checked) << checked.error().text;
}

}  // namespace
}  // namespace xiaogate::test
