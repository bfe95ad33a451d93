// xiaogate plugin record on a real broker, with a simulated gate: what it records conforms.

#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "model/json.h"
#include "tests/links/recorder.h"
#include "tests/support/mosquitto.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kDevices = R"({"devices":{"gate-1":{"prefix":"relay-1","input":0}}})";

class PluginRecord : public testing::Test {
 protected:
  PluginRecord() {
    fs::create_directory(path("recordings"));
    std::ofstream(path("devices.json")) << kDevices;
    EXPECT_TRUE(observer_.wait_up());
  }

  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }
  std::string recording() const { return path("recordings/live.jsonl"); }

  std::unique_ptr<test::Process> start(std::vector<std::string> arguments,
                                       const std::string& orders = {}) {
    std::ofstream(path("orders")) << orders;
    arguments.insert(arguments.begin(), XIAOGATE);
    // A shell gives it the orders and is replaced by it, so that signals reach it.
    std::vector<std::string> all{"sh", "-c", "exec \"$@\" < '" + path("orders") + "'", "sh"};
    std::ranges::move(arguments, std::back_inserter(all));
    return std::make_unique<test::Process>(
        test::ProcessOptions{.arguments = std::move(all),
                             .environment = {"LC_ALL=C"},
                             .output = path("output-" + std::to_string(++runs_)),
                             .directory = {}});
  }
  std::unique_ptr<test::Process> record(std::vector<std::string> more,
                                        const std::string& orders = {}) {
    std::vector<std::string> arguments{
        "plugin",   "record",      XIAOGATE_SHELLY, "--devices", path("devices.json"),
        "--broker", broker_.url(), "--output",      recording()};
    std::ranges::move(more, std::back_inserter(arguments));
    return start(std::move(arguments), orders);
  }
  // A gate that is at the broker, as everybody may know.
  void start_gate() {
    gate_ = std::make_unique<test::Process>(test::ProcessOptions{
        .arguments = {XIAOGATE_SIM_GATE, "--product", "shelly", "--broker", broker_.url(),
                      "--topic", "relay-1", "--log", path("gate.log")},
        .environment = {},
        .output = path("gate.out"),
        .directory = {}});
    ASSERT_TRUE(seen("relay-1/online"));
  }
  void retain(const std::string& topic, const std::string& payload) {
    ASSERT_TRUE(observer_.link().publish(topic, payload, 1, true));
    ASSERT_TRUE(seen(topic));
  }
  bool seen(const std::string& topic) {
    return observer_.wait([&](const auto& r) { return count(r, topic) > 0; });
  }
  static long count(const links::test::Recorder& recorder, const std::string& topic) {
    return std::ranges::count_if(recorder.messages,
                                 [&](const auto& message) { return message.topic == topic; });
  }
  static bool says(const test::Process& process, const std::string& text) {
    return test::wait_until([&] { return process.output().contains(text); });
  }
  void expect_conforms() {
    auto tested =
        start({"plugin", "test", "--quick", XIAOGATE_SHELLY, "--recordings", path("recordings")});
    EXPECT_EQ(tested->wait(std::chrono::minutes(1)), 0) << tested->output();
  }
  std::string text() const {
    std::ifstream in(recording());
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TempDir directory_{"xiaogate-record"};
  test::Mosquitto broker_;
  links::test::Recorder observer_{[this] {
    auto options = links::test::quick_options(broker_.url(), "observer");
    options.subscriptions = {{"#", 1}};
    return options;
  }()};
  std::unique_ptr<test::Process> gate_;
  int runs_ = 0;
};

TEST_F(PluginRecord, AnOpeningThatItDrives) {
  start_gate();
  auto recorder = record({"--drive"}, "gate-1 open\ngate-1 fly\n");
  ASSERT_TRUE(says(*recorder, "event opened")) << recorder->output();
  ASSERT_TRUE(says(*recorder, "no action 'fly'")) << recorder->output();
  recorder->signal(SIGINT);
  EXPECT_EQ(recorder->wait(), 0) << recorder->output();
  EXPECT_THAT(recorder->output(), HasSubstr("1 commands"));
  struct stat status{};
  ASSERT_EQ(stat(recording().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_THAT(text(), HasSubstr(R"("method":"Switch.Set")"));
  EXPECT_THAT(text(), HasSubstr(R"("name":"opened")"));
  EXPECT_THAT(text(), Not(HasSubstr("fly")));
  expect_conforms();
}

TEST_F(PluginRecord, ListensWithoutAWord) {
  retain("relay-1/online", "true");
  auto recorder = record({"--count", "1", "--json"});
  EXPECT_EQ(recorder->wait(), 0) << recorder->output();
  const auto told = parse_json(recorder->output());
  ASSERT_TRUE(told) << recorder->output();
  EXPECT_EQ(told->at("messages"), 1);
  EXPECT_EQ(told->at("effects").at("publish"), 1) << "the plugin asks for the door";
  EXPECT_EQ(told->at("end"), "count");
  // What would have been sent came before this.
  retain("after", "all");
  EXPECT_TRUE(observer_.wait([](const auto& r) { return count(r, "relay-1/rpc") == 0; }));
  expect_conforms();
}

TEST_F(PluginRecord, OfASitesConfigurationInChinese) {
  std::ofstream(path("devices.json"))
      << Json{{"device_broker", broker_.url()},
              {"devices",
               {{{"id", "gate-1"}, {"plugin", "shelly"}, {"options", {{"prefix", "relay-1"}}}},
                {{"id", "r"}, {"plugin", "reader"}}}}};
  retain("relay-1/online", "false");
  auto recorder = start({"plugin", "record", XIAOGATE_SHELLY, "--devices", path("devices.json"),
                         "-o", recording(), "--count", "1", "--lang", "zh"});
  EXPECT_EQ(recorder->wait(), 0) << recorder->output();
  EXPECT_THAT(recorder->output(), HasSubstr("消息 1 条"));
}

TEST_F(PluginRecord, OfAPackage) {
  auto key = start({"plugin", "key", path("key.pem"), "--name", "Relays"});
  ASSERT_EQ(key->wait(), 0) << key->output();
  auto pack = start(
      {"plugin", "pack", XIAOGATE_SHELLY, "--key", path("key.pem"), "-o", path("shelly.xgp")});
  ASSERT_EQ(pack->wait(), 0) << pack->output();
  retain("relay-1/online", "true");
  auto recorder = start({"plugin", "record", path("shelly.xgp"), "--devices", path("devices.json"),
                         "--broker", broker_.url(), "-o", recording(), "--count", "1"});
  EXPECT_EQ(recorder->wait(), 0) << recorder->output();
  expect_conforms();
}

TEST_F(PluginRecord, WritesNothingWhenNothingCame) {
  auto recorder = record({"--seconds", "1"});
  EXPECT_EQ(recorder->wait(), 1);
  EXPECT_THAT(recorder->output(), HasSubstr("no message came on relay-1/events/rpc"));
  broker_.stop();
  recorder = record({"--seconds", "1"});
  EXPECT_EQ(recorder->wait(), 1);
  EXPECT_THAT(recorder->output(), HasSubstr("no broker answered"));
  EXPECT_FALSE(fs::exists(recording()));
}

TEST_F(PluginRecord, RefusesBeforeItBegins) {
  std::ofstream(recording()) << "mine";
  auto recorder = record({});
  EXPECT_EQ(recorder->wait(), 1);
  EXPECT_EQ(text(), "mine");
  EXPECT_THAT(recorder->output(), HasSubstr("is there already"));
  fs::remove(recording());
  std::ofstream(path("devices.json")) << R"({"devices":{"gate-1":{"switch":99},"g/2":{}}})";
  recorder = record({});
  EXPECT_EQ(recorder->wait(), 1);
  EXPECT_THAT(recorder->output(), HasSubstr("/devices/gate-1/switch"));
  EXPECT_THAT(recorder->output(), HasSubstr("/devices/g/2"));
  std::ofstream(path("devices.json")) << kDevices;
  recorder = start({"plugin", "record", XIAOGATE_SHELLY, "--devices", path("devices.json"),
                    "--broker", "mqtt://example.org", "--output", recording()});
  EXPECT_EQ(recorder->wait(), 1);
  EXPECT_THAT(recorder->output(), HasSubstr("example.org"));
  EXPECT_FALSE(fs::exists(recording()));
}

}  // namespace
}  // namespace xiaogate::cli
