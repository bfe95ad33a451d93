// Brokers, the hub and the disk go away and come back; the gateway does neither.

#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/gateway/devices.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

class Survives : public testing::Test {
 protected:
  void SetUp() override {
    site_.start_hub();
    riders_ = site_.register_riders(20);
    ASSERT_TRUE(devices_.wait_up());
  }
  // A code that was not shown before; the cache need not know its rider.
  std::string fresh_code() { return riders_[next_rider_++ % riders_.size()].full_code(); }

  // Shows fresh codes until one opens the gate: the first ones may meet a broker that has just
  // come back without its subscribers.
  bool opens() {
    const std::size_t before = devices_.command_count();
    return wait_until([&] {
      devices_.scan("north", fresh_code());
      return devices_.wait_commands(before, Millis(200));
    });
  }
  void expect_commands_recorded() {
    auto journal = site_.journal();
    for (const GateCommand& command : devices_.commands()) {
      const auto found = value(journal.records(command.rpc_id, 1));
      ASSERT_EQ(found.size(), 1U) << command.rpc_id;
      EXPECT_EQ(found[0].kind, "access_granted") << command.rpc_id;
    }
    const auto checked = journal.verify();
    EXPECT_TRUE(checked) << checked.error().text;
  }
  bool recorded(const std::string& kind) {
    auto journal = site_.journal();
    return wait_until([&] { return !find_record(journal, kind).is_null(); });
  }

  RealSite site_;
  Devices devices_{site_.site_broker().url()};
  std::vector<Rider> riders_;
  std::size_t next_rider_ = 0;
};

TEST_F(Survives, TheDeviceBrokersRestart) {
  site_.serve_gateway();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(opens()) << site_.log();
    site_.site_broker().restart();
  }
  EXPECT_TRUE(opens()) << site_.log();
  EXPECT_TRUE(recorded("device_link_down"));
  expect_commands_recorded();
  EXPECT_EQ(site_.fault_at_hub(), "");
}

TEST_F(Survives, AHubThatComesLate) {
  site_.hub_broker().stop();
  site_.start_gateway();
  EXPECT_TRUE(opens()) << site_.log();
  EXPECT_TRUE(opens()) << site_.log();
  EXPECT_EQ(site_.status()["journal"]["acknowledged"], 0);
  site_.hub_broker().start();
  EXPECT_EQ(site_.fault_at_hub(), "") << site_.log();
  expect_commands_recorded();
}

TEST_F(Survives, TheHubsDeathWithReportsPending) {
  site_.serve_gateway();
  for (int i = 0; i < 5; ++i) {
    site_.hub().signal(SIGKILL);
    ASSERT_EQ(site_.hub().wait(), 128 + SIGKILL);
    EXPECT_TRUE(opens()) << site_.log();
    if (i == 2) site_.hub_broker().restart();
    site_.start_hub();
  }
  EXPECT_EQ(site_.fault_at_hub(), "") << site_.log();
  expect_commands_recorded();
}

class FullDisk : public Survives {
 protected:
  // Shows codes until status() has what `is` wants.
  template <class Condition>
  void scan_until(Condition is) {
    for (int i = 0; i < 4000; ++i) {
      const Json now = site_.status();
      ASSERT_TRUE(now.contains("failed_turns")) << "does not answer: " << now << site_.log();
      if (is(now)) return;
      devices_.scan(i % 2 == 0 ? "north" : "south", fresh_code());
      devices_.scan("north", "XG1:" + std::to_string(i) + std::string(1500, 'A'));
    }
    FAIL() << site_.status() << site_.log();
  }
  void scan_until_turns_fail() {
    scan_until([](const Json& status) { return status["failed_turns"] != 0; });
  }
  void expect_closed_while_full() {
    // What was let out before is on record; what is shown now opens nothing, until this is refused.
    const auto failed = site_.status()["failed_turns"].get<int>();
    const auto head = site_.status()["journal"]["head"].get<std::uint64_t>();
    ASSERT_TRUE(devices_.scan("south", fresh_code()));
    EXPECT_TRUE(site_.wait_status(
        [&](const Json& status) { return status["failed_turns"].get<int>() >= failed + 3; }));
    for (const auto& command : devices_.commands()) EXPECT_LE(command.rpc_id, head);
    EXPECT_EQ(site_.status()["disk_full"], true);
    EXPECT_TRUE(site_.gateway().running());
    expect_commands_recorded();
  }
  void expect_working_again() {
    EXPECT_TRUE(opens()) << site_.status() << site_.log();
    EXPECT_TRUE(recorded("disk_full")) << site_.log();
    EXPECT_TRUE(recorded("disk_recovered")) << site_.log();
    expect_commands_recorded();
    EXPECT_EQ(site_.fault_at_hub(), "") << site_.log();
  }
  std::uintmax_t largest_file() const {
    std::uintmax_t largest = 0;
    for (const auto& entry : std::filesystem::directory_iterator(site_.data())) {
      if (entry.is_regular_file() && entry.path().filename() != "reserve") {
        largest = std::max(largest, entry.file_size());
      }
    }
    return largest;
  }
  void limit_files(rlim_t octets) {
    rlimit limit{.rlim_cur = octets, .rlim_max = RLIM_INFINITY};
    ASSERT_EQ(prlimit(site_.gateway().pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  }
};

// A limit to the size of files is a disk without room in which the reserve does not help.
TEST_F(FullDisk, OpensNothingThatItCannotRecord) {
  site_.serve_gateway();
  EXPECT_TRUE(opens()) << site_.log();
  limit_files(largest_file() + 64 * 1024);
  scan_until_turns_fail();
  expect_closed_while_full();
  limit_files(RLIM_INFINITY);
  expect_working_again();
}

// On a file system of its own, in a mount namespace that ends with this process.
TEST_F(FullDisk, GoesOnInTheReserveAndRaisesTheAlarm) {
  if (unshare(CLONE_NEWNS) != 0 || mount("", "/", "", MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", site_.data().c_str(), "tmpfs", 0, "size=40m") != 0) {
    GTEST_SKIP() << "needs the right to mount; OpensNothingThatItCannotRecord needs none";
  }
  site_.serve_gateway();
  EXPECT_TRUE(opens()) << site_.log();
  const auto ballast = site_.data() / "ballast";
  const auto fill = [&] {
    const int file = open(ballast.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string block(4096, 'b');
    while (write(file, block.data(), block.size()) > 0) {
    }
    close(file);
  };
  fill();
  scan_until([](const Json& status) { return status["disk_full"] == true; });
  EXPECT_TRUE(recorded("disk_full")) << site_.log();
  EXPECT_EQ(site_.status()["failed_turns"], 0) << site_.log();
  EXPECT_TRUE(opens()) << site_.log();
  fill();
  scan_until_turns_fail();
  expect_closed_while_full();
  std::filesystem::remove(ballast);
  expect_working_again();
  site_.gateway().stop();
  EXPECT_EQ(umount2(site_.data().c_str(), MNT_DETACH), 0);
}

}  // namespace
}  // namespace xiaogate::test
