#include "kit/recorded_devices.h"

#include <gmock/gmock.h>

#include "kit/test_relay.h"

namespace xiaogate::kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto read = parse_recorded_devices(text, "d.json", relay());
  return read ? "none" : read.error().text;
}

TEST(RecordedDevices, ReadsARecordingsFirstLine) {
  const auto read = parse_recorded_devices(R"({"devices":{"g":{"topic":"a"}}})", "d", relay());
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->options.at("g"), Json({{"topic", "a"}})) << "as given";
  EXPECT_EQ(read->config(), R"({"devices":{"g":{"pulse":1,"topic":"a"}}})");
  EXPECT_THAT(read->topics.at("g").subscribe, ElementsAre("a/answer"));
  EXPECT_EQ(read->broker, "");
}

TEST(RecordedDevices, TakesThePluginsOwnOfASite) {
  const auto read = parse_recorded_devices(
      R"({"gateway":"gw-1","device_broker":"mqtt://127.0.0.1:1884","devices":[
          {"id":"r","plugin":"reader","options":{"x":1}},
          {"id":"g","plugin":"relay","options":{"topic":"a"}}]})",
      "site.json", relay());
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->options.size(), 1U);
  EXPECT_TRUE(read->options.contains("g"));
  EXPECT_EQ(read->broker, "mqtt://127.0.0.1:1884");
}

TEST(RecordedDevices, TellsEveryFaultWithItsPlace) {
  const auto text = error_of(
      R"({"devices":[{"id":"g","plugin":"relay","options":{"pulse":"x"}},
                     {"plugin":"relay","options":{"topic":"a"}},
                     {"id":"../g","plugin":"relay","options":{"topic":"a"}},
                     {"id":"h","plugin":"relay","options":{"topic":"a/#"}}],
          "device_broker":7})");
  EXPECT_THAT(text, HasSubstr("d.json: /devices/0/options"));
  EXPECT_THAT(text, HasSubstr("d.json: /devices/1/id: "));
  EXPECT_THAT(text, HasSubstr("d.json: /devices/2/options: "));
  EXPECT_THAT(text, HasSubstr("d.json: /devices/3/options: "));
  EXPECT_THAT(text, HasSubstr("d.json: /device_broker: "));
}

TEST(RecordedDevices, RefusesWhatHoldsNoDevice) {
  EXPECT_THAT(error_of("[]"), HasSubstr("must be a JSON object"));
  EXPECT_THAT(error_of("{"), HasSubstr("d.json: "));
  for (const auto* none : {"{}", R"({"devices":{}})", R"({"devices":[]})", R"({"devices":1})"}) {
    EXPECT_THAT(error_of(none), HasSubstr("/devices: must hold devices")) << none;
  }
  EXPECT_THAT(error_of(R"({"devices":[{"id":"r","plugin":"reader","options":{}}]})"),
              HasSubstr("none of them is of plugin relay"));
}

}  // namespace
}  // namespace xiaogate::kit
