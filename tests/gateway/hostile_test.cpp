// Every topic that xiaogated hears, with everything that an attacker on a broker can send there.

#include <random>

#include <gtest/gtest.h>

#include "cose/sign1.h"
#include "tests/gateway/devices.h"
#include "tests/gateway/real_site.h"
#include "tests/links/recorder.h"

namespace xiaogate::test {
namespace {

using links::test::Recorder;

const std::vector<std::string> kDeviceTopics{
    "shellypro1-north/online", "shellypro1-north/events/rpc", "shellypro1-south/status/switch:0",
    "xiaogate/gate-1/rpc",     "readers/north/scan",          "readers/south/scan"};
const std::string kHubPrefix = "xg/1/" + kGatewayId + "/";
const std::vector<std::string> kHubTopics{kHubPrefix + "ack", kHubPrefix + "feed/page",
                                          "xg/1/feed/hangzhou"};

constexpr std::size_t kMebi = std::size_t{1} << 20U;

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

// Each breaks something else: JSON's depth, its numbers, UTF-8, the shape of a frame, the size.
std::vector<std::string> hostile_payloads() {
  std::vector<std::string> payloads{
      "",
      std::string(1, '\0'),
      std::string(2048, '\0'),
      "\xC0\xAF\xED\xA0\x80\xF5\x80\x80\x80",
      "\"\xFF\xFE\"",
      repeated("[", 60'000),
      repeated(R"({"a":)", 10'000),
      repeated("[", 30) + repeated("]", 30),
      "{\"id\":" + repeated("9", 50'000) + "}",
      R"({"id":1e999,"result":{}})",
      R"({"id":-1,"result":null,"error":7})",
      R"({"id":1,"error":{"code":{},"message":[]}})",
      R"({"method":"NotifyStatus","params":[]})",
      R"({"method":7})",
      "XG1:" + repeated("A", 3000),
      "XG1:%%%%",
      "xg1:",
      R"({"through":-1})",
      R"({"through":18446744073709551615})",
      std::string(64 * 1024, 'x'),
      std::string(64 * 1024 + 1, 'x'),
      std::string(kMebi, '{'),
  };
  std::mt19937_64 random(11);
  for (int i = 0; i < 60; ++i) {
    std::string octets(random() % 3000, '\0');
    for (char& c : octets) c = static_cast<char>(random());
    payloads.push_back(std::move(octets));
  }
  return payloads;
}

std::string feed_message(const cose::PrivateKey& key, const KeyId& kid) {
  const std::string payload = canonical(
      Json{{"region", "hangzhou"}, {"seq", 1}, {"prev", repeated("0", 64)}, {"changes", {}}});
  return std::string(as_text(value(cose::sign1(key, kid, as_bytes(payload)))));
}

class Hostile : public testing::Test {
 protected:
  void SetUp() override {
    site_.start_hub();
    riders_ = site_.register_riders(2);
    ASSERT_TRUE(devices_.wait_up());
    site_.serve_gateway();
    ASSERT_TRUE(site_.wait_status([](const Json& status) { return status["feed"]["seq"] == 2; }));
    pid_ = site_.gateway().pid();
  }
  static Recorder attacker(const std::string& broker) {
    links::LinkOptions options;
    options.url = broker;
    options.client_id = "attacker";
    options.max_payload = 64 * kMebi;
    return Recorder(std::move(options));
  }
  static void attack(Recorder& attacker, const std::vector<std::string>& topics) {
    ASSERT_TRUE(attacker.wait_up());
    for (const auto& payload : hostile_payloads()) {
      for (const auto& topic : topics) send(attacker, topic, payload);
      // The broker holds a thousand messages for a slow client and drops what is more.
      ASSERT_TRUE(attacker.link().flush(Millis(kPatience)));
    }
    send(attacker, topics.front(), std::string(50 * kMebi, '\xFF'));
    ASSERT_TRUE(attacker.link().flush(Millis(kPatience)));
  }
  static void send(Recorder& attacker, const std::string& topic, const std::string& payload) {
    const auto sent = attacker.link().publish(topic, payload, 1, false);
    ASSERT_TRUE(sent) << sent.error().text;
  }

  void expect_opens(const Rider& rider) {
    const std::size_t before = devices_.command_count();
    ASSERT_TRUE(devices_.scan("north", rider.code()));
    ASSERT_TRUE(devices_.wait_commands(before)) << site_.status() << site_.log();
    auto journal = site_.journal();
    const auto commands = devices_.commands();
    const auto record = value(journal.records(commands.back().rpc_id, 1));
    ASSERT_EQ(record.size(), 1U);
    EXPECT_EQ(record[0].kind, "access_granted");
    EXPECT_EQ(devices_.command_count(), before + 1) << "more gates opened than riders came";
  }
  void expect_same_process() {
    EXPECT_TRUE(site_.gateway().running()) << site_.log();
    EXPECT_EQ(site_.gateway().pid(), pid_);
    EXPECT_EQ(site_.status().value("gateway", ""), kGatewayId);
    const auto checked = site_.journal().verify();
    EXPECT_TRUE(checked) << checked.error().text;
  }
  // That a rejection of this kind and reason is on record, in the end.
  void expect_rejected(const std::string& kind, const std::string& source,
                       const std::string& reason) {
    const auto is = [&](const Json& body) {
      return body["source"] == source && body["reason"] == reason;
    };
    auto journal = site_.journal();
    EXPECT_TRUE(wait_until([&] { return !find_record(journal, kind, is).is_null(); }))
        << kind << " " << source << " " << reason << "\n"
        << site_.log();
  }

  // A reader that belongs to no access point: what it scans is refused.
  RealSite site_{[](Json& config) {
    config["devices"].push_back(
        {{"id", "reader-3"}, {"plugin", "reader"}, {"options", {{"protocol", "native"}}}});
  }};
  Devices devices_{site_.site_broker().url()};
  std::vector<Rider> riders_;
  pid_t pid_ = 0;
};

TEST_F(Hostile, DeviceTopics) {
  Recorder attacker = this->attacker(site_.site_broker().url());
  auto topics = kDeviceTopics;
  // Nobody's topics: not even heard.
  topics.insert(topics.end(), {"shellypro1-west/online", "xiaogate/gate-9/rpc", "readers/x/scan"});
  attack(attacker, topics);
  send(attacker, "xg/dev/1/reader-3/event", R"({"event":"scanned","code":"XG1:A"})");
  expect_opens(riders_[0]);
  expect_same_process();
  for (const auto* gate : {"gate-1", "gate-2"}) {
    expect_rejected("message_rejected", gate, "not_understood");
    expect_rejected("message_rejected", gate, "too_large");
  }
  expect_rejected("message_rejected", "reader-1", "not_understood");  // the empty one
  expect_rejected("message_rejected", "reader-1", "too_large");
  expect_rejected("event_rejected", "reader-3", "reader_without_access_point");
  auto journal = site_.journal();
  const auto malformed = [](const Json& body) { return body["verdict"] == "malformed_code"; };
  EXPECT_FALSE(find_record(journal, "access_denied", malformed).is_null());
  EXPECT_EQ(site_.status()["plugins"], (Json{{"reader", "up"}, {"shelly", "up"}}));
  EXPECT_TRUE(find_record(journal, "plugin_failed").is_null());
}

TEST_F(Hostile, HubTopics) {
  Recorder attacker = this->attacker(site_.hub_broker().url());
  attack(attacker, kHubTopics);
  const auto key = value(cose::PrivateKey::generate(Algorithm::ed25519));
  const Json trust = site_.hub_call("GET", "/v1/trust");
  const auto kid = *KeyId::from_text(trust["feed"]["kid"].get<std::string>());
  for (const auto& topic : {kHubTopics[1], kHubTopics[2]}) {
    send(attacker, topic, feed_message(key, KeyId{}));
    send(attacker, topic, feed_message(key, kid));
  }
  expect_rejected("hub_message_rejected", "hub", "ack.malformed");
  expect_rejected("hub_message_rejected", "hub", "ack.beyond_journal");
  expect_rejected("hub_message_rejected", "hub", "feed.malformed");
  expect_rejected("hub_message_rejected", "hub", "feed.unsigned");
  expect_rejected("hub_message_rejected", "hub", "too_large");
  expect_opens(riders_[1]);
  expect_same_process();
  // The hub is still believed, and hears everything.
  ASSERT_EQ(site_.register_riders(1).size(), 1U);
  EXPECT_TRUE(site_.wait_status([](const Json& status) {
    return status["feed"]["seq"] == 3 &&
           status["journal"]["acknowledged"] == status["journal"]["head"];
  })) << site_.status();
}

}  // namespace
}  // namespace xiaogate::test
