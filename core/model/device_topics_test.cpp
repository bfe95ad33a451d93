#include "model/device_topics.h"

#include <gtest/gtest.h>

namespace xiaogate {
namespace {

TEST(ExpandTopic, FillsInDeviceOptionsAndConditions) {
  const Json options = {{"prefix", "shelly-a"}, {"switch", 0}, {"feedback", {{"topic", "f/1"}}}};
  EXPECT_EQ(expand_topic("{prefix}/status/switch:{switch}", "g1", options)->value(),
            "shelly-a/status/switch:0");
  EXPECT_EQ(expand_topic("xiaogate/{device}/rpc", "g1", options)->value(), "xiaogate/g1/rpc");
  EXPECT_EQ(expand_topic("{feedback/topic}", "g1", options)->value(), "f/1");
  EXPECT_EQ(expand_topic("{prefix=shelly-a}a/b", "g1", options)->value(), "a/b");
  EXPECT_FALSE(expand_topic("{prefix=other}a/b", "g1", options)->has_value());
  EXPECT_FALSE(expand_topic("{absent}/b", "g1", options)->has_value());
}

TEST(ExpandTopic, RefusesOptionsThatWidenAFilter) {
  for (const char* hostile : {"", "#", "a/+", "a/#"}) {
    const auto topic = expand_topic("{prefix}/rpc", "g1", Json{{"prefix", hostile}});
    ASSERT_FALSE(topic.has_value()) << hostile;
    EXPECT_EQ(topic.error().code, "config.invalid");
  }
  EXPECT_FALSE(expand_topic("{prefix", "g1", Json::object()).has_value());
}

}  // namespace
}  // namespace xiaogate
