// sim-gate and sim-reader as they are started by hand, on a real broker.
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>

#include "model/json.h"
#include "tests/links/recorder.h"
#include "tests/support/mosquitto.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::devices {
namespace {

using links::test::Recorder;

class Simulator : public testing::Test {
 protected:
  Simulator() { EXPECT_TRUE(observer_.wait_up()); }

  std::unique_ptr<test::Process> start(const char* program, const std::string& orders,
                                       std::vector<std::string> options) {
    const auto script = directory_.path() / "orders";
    std::ofstream(script) << orders;
    const auto log = directory_.path() / "log";
    std::vector<std::string> arguments{program,         "--broker", broker_.url(), "--script",
                                       script.string(), "--log",    log.string()};
    std::ranges::move(options, std::back_inserter(arguments));
    return std::make_unique<test::Process>(test::ProcessOptions{
        .arguments = std::move(arguments), .output = directory_.path() / "output"});
  }

  // How many messages on a topic contain a text, once there are that many.
  bool wait_seen(const std::string& topic, const std::string& text, long times) {
    return observer_.wait([&](const Recorder& seen) {
      return std::ranges::count_if(seen.messages, [&](const links::Message& message) {
               return message.topic == topic && message.payload.contains(text);
             }) >= times;
    });
  }

  std::vector<std::string> logged() const {
    std::vector<std::string> what;
    std::ifstream file(directory_.path() / "log");
    for (std::string line; std::getline(file, line);) {
      what.push_back(parse_json(line).value_or(Json::object()).value("what", line));
    }
    return what;
  }

  test::TempDir directory_{"xiaogate-simulator"};
  test::Mosquitto broker_;
  Recorder observer_{[this] {
    auto options = links::test::quick_options(broker_.url(), "observer");
    options.subscriptions = {{"#", 1}};
    return options;
  }()};
};

TEST_F(Simulator, CarriesOutAScriptAndLogsIt) {
  auto gate = start(XIAOGATE_SIM_GATE,
                    "# a door that is forced, doubled\n"
                    "duplicate on\nforce\nduplicate off\n\n"
                    "offline\nwait 20\nonline\n"
                    "delay 10\ndoor close\nwait 200\ndelay 0\n"
                    "lose-will\noffline\nonline\nreboot 10\nwait 10\nexit\nquit\n",
                    {"--topic", "gate-7"});
  EXPECT_EQ(gate->wait(), 0);
  EXPECT_TRUE(wait_seen("gate-7/events/rpc", R"("input:0":{"id":0,"state":true})", 2));
  EXPECT_TRUE(wait_seen("gate-7/events/rpc", R"({"input:0":{"id":0,"state":false},"ts")", 1));
  EXPECT_TRUE(wait_seen("gate-7/online", "true", 4));
  EXPECT_TRUE(wait_seen("gate-7/online", "false", 1));
  EXPECT_EQ(logged(), (std::vector<std::string>{"forced", "door_open", "offline", "door_closed",
                                                "offline", "offline", "reboot", "exit_pressed"}));
}

TEST_F(Simulator, RefusesAScriptThatItDoesNotUnderstand) {
  EXPECT_EQ(start(XIAOGATE_SIM_GATE, "door ajar\n", {})->wait(), 1);
  EXPECT_EQ(start(XIAOGATE_SIM_GATE, "wait long\n", {})->wait(), 1);
}

TEST_F(Simulator, LeavesItsWillWhenItDies) {
  auto gate = start(XIAOGATE_SIM_GATE, "", {"--topic", "gate-7"});
  ASSERT_TRUE(wait_seen("gate-7/online", "true", 1));
  gate->signal(SIGKILL);
  EXPECT_TRUE(wait_seen("gate-7/online", "false", 1));
}

TEST_F(Simulator, AReaderEndsWithItsLastAnswer) {
  auto reader =
      start(XIAOGATE_SIM_READER, "XG1:CODE\n", {"--protocol", "native", "--device", "reader-1"});
  ASSERT_TRUE(wait_seen("xg/dev/1/reader-1/event", "XG1:CODE", 1));
  EXPECT_TRUE(reader->running());
  ASSERT_TRUE(observer_.link()
                  .publish("xg/dev/1/reader-1/command",
                           R"({"action":"indicate","result":"denied"})", 1, false)
                  .has_value());
  EXPECT_EQ(reader->wait(), 0);
  EXPECT_EQ(logged(), (std::vector<std::string>{"scan", "answer"}));
}

}  // namespace
}  // namespace xiaogate::devices
