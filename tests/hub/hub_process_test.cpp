// xiaogate-hub as a process, on a real broker.

#include <csignal>
#include <optional>
#include <random>

#include <gtest/gtest.h>

#include "api/http_client.h"
#include "hub/test_hub.h"
#include "tests/links/recorder.h"
#include "tests/support/mosquitto.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::hub {
namespace {

using links::test::Recorder;
using test::Process;

const std::string kTopic = "xg/1/" + kGateway + "/";

class HubProcess : public testing::Test {
 protected:
  void SetUp() override {
    Process init({.arguments = {XIAOGATE_HUB, "init", "--data", data().string(), "--region", "hz"},
                  .environment = {},
                  .output = log_file(),
                  .directory = {}});
    ASSERT_EQ(init.wait(), 0) << init.output();
  }

  std::filesystem::path data() const { return directory_.path() / "hub"; }
  std::filesystem::path log_file() const { return directory_.path() / "log"; }
  std::string socket() const { return (data() / "hub.sock").string(); }

  std::unique_ptr<Process> start() {
    return std::make_unique<Process>(test::ProcessOptions{
        .arguments = {XIAOGATE_HUB, "serve", "--data", data().string(), "--broker", broker_.url()},
        .environment = {},
        .output = log_file(),
        .directory = {}});
  }
  void serve() {
    hub_ = start();
    ASSERT_TRUE(test::wait_until([&] { return status("broker") == "up"; })) << hub_->output();
  }

  Json call(const std::string& method, const std::string& target, const std::string& body = "") {
    const auto response = api::http_call(socket(), method, target, body);
    return response ? parse_json(response->body).value_or(Json::object()) : Json::object();
  }
  Json status(const char* member) { return call("GET", "/v1/status").value(member, Json()); }
  Json records() {
    return call("GET", "/v1/gateways/" + kGateway + "/records").value("records", Json());
  }
  std::string add_rider() {
    const auto key = value(cose::PrivateKey::generate(Algorithm::es256));
    const Bytes encoded = cose::encode_public_key(key.public_key());
    return call("POST", "/v1/riders", canonical({{"key", to_hex(encoded)}})).value("id", "");
  }

  // A client in a gateway's place.
  std::unique_ptr<Recorder> connect() {
    auto options = links::test::quick_options(broker_.url(), "gateway");
    options.max_payload = 512 * 1024;
    options.subscriptions = {{kTopic + "ack", 1}, {kTopic + "feed/page", 1}, {"xg/1/feed/hz", 1}};
    auto gateway = std::make_unique<Recorder>(std::move(options));
    EXPECT_TRUE(gateway->wait_up());
    return gateway;
  }
  static bool wait_for(Recorder& gateway, const std::string& topic, std::ptrdiff_t count) {
    return gateway.wait([&](const Recorder& heard) {
      return std::ranges::count(heard.messages, topic, &links::Message::topic) >= count;
    });
  }
  static void publish(Recorder& gateway, const std::string& leaf, const std::string& payload) {
    const auto sent = gateway.link().publish(kTopic + leaf, payload, 1, false);
    ASSERT_TRUE(sent) << sent.error().text;
  }

  test::TempDir directory_{"xiaogate-hub"};
  test::Mosquitto broker_;
  std::unique_ptr<Process> hub_;
};

TEST_F(HubProcess, KeepsEveryRecordOnceThroughRepetitionAndSigkill) {
  serve();
  const std::string report = canonical(report_json(chain(3)));
  auto gateway = connect();
  publish(*gateway, "report", report);
  ASSERT_TRUE(wait_for(*gateway, kTopic + "ack", 1)) << hub_->output();
  publish(*gateway, "report", report);
  ASSERT_TRUE(wait_for(*gateway, kTopic + "ack", 2));
  hub_->signal(SIGKILL);
  ASSERT_EQ(hub_->wait(), 128 + SIGKILL);
  serve();
  EXPECT_EQ(records(), report_json(chain(3)).at("records"));
  publish(*gateway, "report", report);
  publish(*gateway, "report", canonical(report_json(part(chain(5), 4, 5))));
  ASSERT_TRUE(wait_for(*gateway, kTopic + "ack", 4));
  EXPECT_EQ(records(), report_json(chain(5)).at("records"));
  gateway->destroy();
  EXPECT_EQ(gateway->messages.back().payload, R"({"through":5})");
}

TEST_F(HubProcess, FeedsARiderAndAnswersAPull) {
  serve();
  auto gateway = connect();
  ASSERT_NE(add_rider(), "");
  ASSERT_TRUE(wait_for(*gateway, "xg/1/feed/hz", 1));
  publish(*gateway, "feed/pull", R"({"region":"hz","from":0})");
  publish(*gateway, "feed/pull", R"({"region":"hz","from":1})");
  ASSERT_TRUE(wait_for(*gateway, kTopic + "feed/page", 1));
}

TEST_F(HubProcess, TellsTheNewestBatchOnceTheBrokerIsThere) {
  broker_.stop();
  hub_ = start();
  ASSERT_TRUE(test::wait_until([&] { return status("region") == "hz"; })) << hub_->output();
  ASSERT_NE(add_rider(), "");
  broker_.start();
  auto gateway = connect();
  if (!wait_for(*gateway, "xg/1/feed/hz", 1)) {
    // The hub was back before this client: then a pull is answered with it.
    publish(*gateway, "feed/pull", R"({"region":"hz","from":0})");
    EXPECT_TRUE(wait_for(*gateway, kTopic + "feed/page", 1));
  }
  EXPECT_EQ(status("feed_seq"), 1);
}

TEST_F(HubProcess, GoesOnAfterAnyPayload) {
  serve();
  auto gateway = connect();
  std::mt19937_64 random(7);
  const char* leaves[] = {"report", "state", "feed/pull"};
  for (int i = 0; i < 300; ++i) {
    std::string payload(random() % 2000, '\0');
    for (char& c : payload) c = static_cast<char>(random());
    publish(*gateway, leaves[i % 3], payload);
    ASSERT_TRUE(i % 50 != 0 || gateway->link().flush(test::kPatience));
  }
  publish(*gateway, "report", std::string(200 * 1024, '['));
  publish(*gateway, "report", std::string(120 * 1024, '['));
  publish(*gateway, "report", canonical(report_json(chain(1))));
  ASSERT_TRUE(wait_for(*gateway, kTopic + "ack", 1)) << hub_->output();
  const Json rejected = status("rejected");
  EXPECT_EQ(rejected.value("report.malformed", 0), 101) << rejected;
  EXPECT_EQ(rejected.value("state.malformed", 0), 100) << rejected;
  EXPECT_EQ(rejected.value("pull.malformed", 0), 100) << rejected;
  EXPECT_EQ(rejected.value("message.too_large", 0), 1) << rejected;
}

TEST_F(HubProcess, StopsCleanlyAndServesOneDirectoryOnce) {
  serve();
  auto second = start();
  EXPECT_EQ(second->wait(), 1);
  EXPECT_NE(second->output().find("in use by process"), std::string::npos) << second->output();
  EXPECT_EQ(hub_->stop(), 0) << hub_->output();
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

}  // namespace
}  // namespace xiaogate::hub
