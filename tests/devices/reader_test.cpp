#include <gtest/gtest.h>

#include "reader/reader_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

// A scan by `device` that the plugin understands, and both answers that the device understands.
void scan_and_answer(const ReaderOptions& reader, const Json& options, bool tells_apart) {
  ReaderDevice device(reader);
  InstalledPlugin plugin("reader-1", options);
  const auto scan = device.scan("XG1:CODE", WallTime());
  const auto scanned = plugin.message(scan.topic, scan.payload);
  ASSERT_EQ(scanned.size(), 1U);
  EXPECT_EQ(scanned[0].name, "scanned");
  const auto event = parse_json(scanned[0].data).value();
  EXPECT_EQ(event.at("code"), "XG1:CODE");
  for (const bool granted : {true, false}) {
    const auto answers =
        plugin.command("indicate", {{"result", granted ? "granted" : "denied"},
                                    {"verdict", granted ? "granted" : "stale_code"},
                                    {"text", {{"en", "e"}, {"zh", "z"}}},
                                    {"token", event.at("token")}});
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].name, device.answer_topic());
    const auto* wanted =
        tells_apart ? (granted ? "granted" : "denied") : (granted ? "green" : "red");
    EXPECT_EQ(device.shown(answers[0].data), wanted);
  }
}

TEST(ReaderDevice, SpeaksVbar) {
  scan_and_answer({.protocol = "vbar", .serial = "S1"}, {{"protocol", "vbar"}, {"serial", "S1"}},
                  true);
}

TEST(ReaderDevice, SpeaksNative) {
  scan_and_answer({.protocol = "native", .device = "reader-1"}, {{"protocol", "native"}}, true);
}

TEST(ReaderDevice, SpeaksGeneric) {
  scan_and_answer({.protocol = "generic", .topic = "scan", .feedback_topic = "led"},
                  {{"protocol", "generic"},
                   {"topic", "scan"},
                   {"feedback", {{"topic", "led"}, {"granted", "green"}, {"denied", "red"}}}},
                  false);
}

TEST(ReaderDevice, NeedsTheOptionsOfItsProtocol) {
  for (const char* protocol : {"generic", "vbar", "native"}) {
    EXPECT_FALSE(ReaderDevice::missing({.protocol = protocol}).empty()) << protocol;
  }
}

TEST(ReaderDevice, TellsOfItselfAndItsEnd) {
  for (const auto& [reader, options] :
       {std::pair<ReaderOptions, Json>{{.protocol = "native", .device = "reader-1"},
                                       {{"protocol", "native"}}},
        {{.protocol = "vbar", .serial = "S1"}, {{"protocol", "vbar"}, {"serial", "S1"}}}}) {
    InstalledPlugin plugin("reader-1", options);
    ReaderDevice device(reader);
    EXPECT_EQ(plugin.hear(device.connected(WallTime())).at(0).data, R"({"online":true})");
    const auto will = device.last_will().value();
    EXPECT_EQ(plugin.message(will.topic, will.payload).at(0).data, R"({"online":false})");
  }
}

TEST(ReaderDevice, AnOrderIsAScanAndItWaitsForTheAnswer) {
  ReaderDevice device({.protocol = "native", .device = "reader-1"});
  EXPECT_TRUE(device.idle());
  const auto scanned = device.order_line("XG1:A  B ", {"XG1:A", "B"}, WallTime()).value();
  ASSERT_EQ(scanned.publications.size(), 1U);
  EXPECT_EQ(parse_json(scanned.publications[0].payload)->at("code"), "XG1:A  B ");
  EXPECT_FALSE(device.idle());
  const auto seen =
      device.message("xg/dev/1/reader-1/command", R"({"action":"indicate","result":"granted"})",
                     WallTime(Millis(7)));
  EXPECT_EQ(seen.happened.at(0), Json({{"what", "answer"}, {"shown", "granted"}, {"took_ms", 7}}));
  EXPECT_TRUE(device.idle());
}

TEST(ReaderDevice, KeepsWhatItDecidedItselfUntilItIsAcknowledged) {
  InstalledPlugin plugin("reader-1", {{"protocol", "vbar"}, {"serial", "S1"}});
  ReaderDevice device({.protocol = "vbar", .serial = "S1"});
  device.order({"admit", "XG1:ONE"}, WallTime()).value();  // lost
  device.order({"admit", "XG1:TWO"}, WallTime()).value();  // lost
  EXPECT_EQ(device.kept(), 2U);
  const auto effects = plugin.hear(device.connected(WallTime()));
  ASSERT_EQ(effects.size(), 3U);
  EXPECT_EQ(effects[1].name, "accessed_offline");
  EXPECT_EQ(parse_json(effects[1].data)->at("accesses").size(), 2U);
  // The acknowledgement of another batch says nothing of this one.
  device.message("access_device/v1/event/S1/access_reply", R"({"serialNo":"x"})", WallTime());
  EXPECT_FALSE(device.idle());
  plugin.converse(device, effects);
  EXPECT_EQ(device.kept(), 0U);
  EXPECT_TRUE(device.idle());
}

TEST(ReaderPlugin, OptionsOfAnotherProtocolAreFaults) {
  const auto manifest = host::load_manifest(XIAOGATE_PLUGIN).value();
  for (const Json& options : {Json{{"protocol", "vbar"}}, Json{{"protocol", "generic"}},
                              Json{{"protocol", "native"}, {"topic", "x"}},
                              Json{{"protocol", "vbar"}, {"serial", "S"}, {"pointer", "/x"}},
                              Json{{"protocol", "morse"}}, Json::object()}) {
    EXPECT_FALSE(host::check_options(manifest, options).has_value()) << options.dump();
  }
}

}  // namespace
}  // namespace xiaogate::devices
