#include <gtest/gtest.h>

#include "reader/reader_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {
namespace {

// A scan by `device` that the plugin understands, and both answers that the device understands.
void scan_and_answer(const ReaderDevice& device, const Json& options, bool tells_apart) {
  InstalledPlugin plugin("reader-1", options);
  const auto scan = device.scan("XG1:CODE", 41, WallTime());
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
    const auto answer = device.answer(answers[0].data);
    ASSERT_TRUE(answer.has_value());
    if (tells_apart) {
      EXPECT_EQ(answer->granted, granted);
    } else {
      EXPECT_EQ(answer->text, granted ? "green" : "red");
    }
  }
}

TEST(ReaderDevice, SpeaksVbar) {
  const auto device = ReaderDevice::create({.protocol = "vbar", .serial = "S1"});
  scan_and_answer(device.value(), {{"protocol", "vbar"}, {"serial", "S1"}}, true);
}

TEST(ReaderDevice, SpeaksNative) {
  const auto device = ReaderDevice::create({.protocol = "native", .device = "reader-1"});
  scan_and_answer(device.value(), {{"protocol", "native"}}, true);
}

TEST(ReaderDevice, SpeaksGeneric) {
  const auto device =
      ReaderDevice::create({.protocol = "generic", .topic = "scan", .feedback_topic = "led"});
  scan_and_answer(device.value(),
                  {{"protocol", "generic"},
                   {"topic", "scan"},
                   {"feedback", {{"topic", "led"}, {"granted", "green"}, {"denied", "red"}}}},
                  false);
}

TEST(ReaderDevice, NeedsTheOptionsOfItsProtocol) {
  for (const char* protocol : {"generic", "vbar", "native"}) {
    EXPECT_FALSE(ReaderDevice::create({.protocol = protocol}).has_value()) << protocol;
  }
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
