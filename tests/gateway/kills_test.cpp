// Two hundred times SIGKILL in the middle of the work, and what must hold nevertheless.

#include <csignal>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/gateway/devices.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kRiders = 240;
constexpr Millis kBetweenScans{4};
constexpr int kLongestBusyMs = 120;
constexpr int kLongestStartMs = 60;
constexpr std::size_t kSampleEvery = 8;
constexpr std::size_t kRemembered = 100;  // scans; about half a second

int kills() {
  const char* wanted = std::getenv("XIAOGATE_KILLS");
  return wanted == nullptr ? 200 : std::atoi(wanted);
}

struct Shown {
  std::string code;
  bool north;
};

class Kills : public testing::Test {
 protected:
  Kills() : random_(std::random_device{}()) {}

  void SetUp() override {
    site_.start_hub();
    riders_ = site_.register_riders(kRiders);
    ASSERT_TRUE(devices_.wait_up());
    site_.serve_gateway();
    ASSERT_TRUE(fed()) << site_.status();
  }
  bool fed() const {
    return site_.wait_status(
        [](const Json& status) { return status["feed"]["seq"].get<std::size_t>() == kRiders; });
  }
  int random(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }

  // One scan: mostly a fresh code, sometimes one that was held before the other gate a while ago,
  // perhaps before the last kill.
  void scan_once() {
    if (!shown_.empty() && random(0, 5) == 0) {
      const Shown& old =
          shown_[static_cast<std::size_t>(random(0, static_cast<int>(shown_.size()) - 1))];
      devices_.scan(old.north ? "south" : "north", old.code);
    } else {
      shown_.push_back({riders_[next_rider_++ % kRiders].code(), random(0, 1) == 0});
      if (shown_.size() > kRemembered) shown_.pop_front();
      devices_.scan(shown_.back().north ? "north" : "south", shown_.back().code);
    }
    devices_.wait_commands(SIZE_MAX, kBetweenScans);
    sample();
  }
  template <class Condition>
  bool scan_until(Condition condition, Millis limit) {
    const auto end = Clock::now() + limit;
    while (!condition() && Clock::now() < end) scan_once();
    return condition();
  }
  void scan_for(Millis limit) {
    scan_until([] { return false; }, limit);
  }

  // A command that was seen has its record now, not only in the end.
  void sample() {
    if (devices_.command_count() < sampled_ + kSampleEvery) return;
    const auto commands = devices_.commands();
    sampled_ = commands.size();
    auto journal = site_.journal();
    expect_recorded(commands.back(), value(journal.records(commands.back().rpc_id, 1)));
    ++samples_;
  }
  static void expect_recorded(const GateCommand& command, const std::vector<Record>& found) {
    ASSERT_EQ(found.size(), 1U) << "gate command " << command.rpc_id << " has no record";
    ASSERT_EQ(found[0].seq, command.rpc_id);
    ASSERT_EQ(found[0].kind, "access_granted") << "record of gate command " << command.rpc_id;
    ASSERT_EQ(value(parse_json(found[0].body))["gate"], command.gate);
  }

  // Something else goes wrong as well: a plugin, a broker, the hub.
  void disturb(int round) {
    if (round % 8 == 3) {
      const auto plugins = site_.plugin_pids();
      if (!plugins.empty())
        ::kill(plugins[static_cast<std::size_t>(round / 8) % plugins.size()], SIGKILL);
    }
    if (round % 40 == 11) site_.site_broker().restart();
    if (round % 40 == 23) site_.hub_broker().restart();
    if (round % 60 == 31) {
      site_.hub().signal(SIGKILL);
      site_.hub().wait();
      site_.start_hub();
    }
  }
  void kill_gateway() {
    for (const pid_t pid : site_.plugin_pids()) plugins_seen_.insert(pid);
    site_.gateway().signal(SIGKILL);
    ASSERT_EQ(site_.gateway().wait(), 128 + SIGKILL) << site_.log();
    ++killed_;
  }
  void kill_while_busy(int round) {
    const std::size_t before = devices_.command_count();
    const bool busy = scan_until([&] { return devices_.command_count() > before; }, kPatience);
    ASSERT_TRUE(busy) << "round " << round << ": no gate opens\n" << site_.status() << site_.log();
    scan_for(Millis(random(0, kLongestBusyMs)));
    disturb(round);
    scan_for(Millis(random(0, kLongestBusyMs / 4)));
    kill_gateway();
  }
  void kill_while_starting() {
    scan_for(Millis(random(0, kLongestStartMs)));
    kill_gateway();
  }

  void expect_commands_recorded(store::JournalReader& journal) {
    std::set<std::uint64_t> seen;
    for (const GateCommand& command : devices_.commands()) {
      EXPECT_TRUE(seen.insert(command.rpc_id).second) << command.rpc_id << " was commanded twice";
      expect_recorded(command, value(journal.records(command.rpc_id, 1)));
    }
  }
  static void expect_codes_granted_once(const std::vector<Record>& records) {
    std::map<std::string, std::uint64_t> granted;
    for (const Record& record : records) {
      if (record.kind != "access_granted") continue;
      const std::string code = value(parse_json(record.body))["code"];
      const auto [first, is_new] = granted.emplace(code, record.seq);
      EXPECT_TRUE(is_new) << "code " << code << " was granted by " << first->second << " and "
                          << record.seq;
    }
  }
  RealSite site_;
  Devices devices_{site_.site_broker().url()};
  std::vector<Rider> riders_;
  std::mt19937_64 random_;
  std::set<pid_t> plugins_seen_;
  std::deque<Shown> shown_;
  std::size_t next_rider_ = 0;
  std::size_t sampled_ = 0;
  std::size_t samples_ = 0;
  int killed_ = 0;
};

TEST_F(Kills, NoGateOpensWithoutItsRecordAndNoRecordIsLost) {
  for (int round = 0; round < kills(); ++round) {
    if (round % 4 == 1) {
      kill_while_starting();
    } else {
      kill_while_busy(round);
    }
    if (HasFatalFailure()) return;
    site_.start_gateway();
  }
  ASSERT_EQ(site_.fault_at_hub(), "") << site_.log();
  const std::size_t head = site_.status()["journal"]["head"];
  EXPECT_EQ(site_.gateway().stop(), 0);

  auto journal = site_.journal();
  const auto checked = journal.verify();
  ASSERT_TRUE(checked) << checked.error().text;
  EXPECT_GE(*checked, head);
  const auto records = value(journal.records(1, *checked));
  ASSERT_EQ(records.size(), *checked);
  expect_commands_recorded(journal);
  expect_codes_granted_once(records);
  const Json hub = site_.hub_call("GET", "/v1/status");
  EXPECT_TRUE(hub["alarms"].empty()) << hub;
  for (const pid_t pid : plugins_seen_) {
    EXPECT_TRUE(wait_until([&] { return ::kill(pid, 0) != 0; })) << "plugin " << pid << " is left";
  }
  std::printf("%d kills, %zu records, %zu gate commands, %zu looked up at once\n", killed_,
              records.size(), devices_.command_count(), samples_);
}

}  // namespace
}  // namespace xiaogate::test
