#include "model/topic.h"

#include <string>

#include <gtest/gtest.h>

namespace xiaogate {
namespace {

// The examples of MQTT 3.1.1, sections 4.7.1 to 4.7.3, and the corners between them.
TEST(Topic, MultiLevelWildcard) {
  EXPECT_TRUE(topic_matches("sport/tennis/player1/#", "sport/tennis/player1"));
  EXPECT_TRUE(topic_matches("sport/tennis/player1/#", "sport/tennis/player1/ranking"));
  EXPECT_TRUE(topic_matches("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"));
  EXPECT_TRUE(topic_matches("sport/#", "sport"));
  EXPECT_TRUE(topic_matches("#", "sport"));
  EXPECT_TRUE(topic_matches("#", "/"));
  EXPECT_FALSE(topic_matches("sport/#", "sports"));
  EXPECT_FALSE(topic_matches("sport/tennis/#", "sport"));
  EXPECT_TRUE(topic_matches("+/#", "sport"));
}

TEST(Topic, SingleLevelWildcard) {
  EXPECT_TRUE(topic_matches("sport/tennis/+", "sport/tennis/player1"));
  EXPECT_FALSE(topic_matches("sport/tennis/+", "sport/tennis/player1/ranking"));
  EXPECT_FALSE(topic_matches("sport/+", "sport"));
  EXPECT_TRUE(topic_matches("sport/+", "sport/"));
  EXPECT_TRUE(topic_matches("+/+", "/finance"));
  EXPECT_TRUE(topic_matches("/+", "/finance"));
  EXPECT_FALSE(topic_matches("+", "/finance"));
  EXPECT_TRUE(topic_matches("+/tennis/#", "sport/tennis"));
}

TEST(Topic, LiteralLevels) {
  EXPECT_TRUE(topic_matches("a/b", "a/b"));
  EXPECT_FALSE(topic_matches("a/b", "a/B"));
  EXPECT_FALSE(topic_matches("a/b", "a/b/"));
  EXPECT_FALSE(topic_matches("a/b/", "a/b"));
  EXPECT_FALSE(topic_matches("/a", "a"));
}

TEST(Topic, DollarTopicsAreHiddenFromLeadingWildcards) {
  EXPECT_FALSE(topic_matches("#", "$SYS/broker/load"));
  EXPECT_FALSE(topic_matches("+/broker/load", "$SYS/broker/load"));
  EXPECT_TRUE(topic_matches("$SYS/#", "$SYS/broker/load"));
  EXPECT_TRUE(topic_matches("$SYS/broker/+", "$SYS/broker/load"));
  EXPECT_TRUE(topic_matches("a/#", "a/$b"));
}

TEST(Topic, ValidTopics) {
  EXPECT_TRUE(is_valid_topic("/"));
  EXPECT_TRUE(is_valid_topic("shelly/门/rpc"));
  EXPECT_TRUE(is_valid_topic(std::string(65535, 'a')));
  EXPECT_FALSE(is_valid_topic(std::string(65536, 'a')));
  EXPECT_FALSE(is_valid_topic(""));
  EXPECT_FALSE(is_valid_topic("a/+/b"));
  EXPECT_FALSE(is_valid_topic("a#"));
  EXPECT_FALSE(is_valid_topic(std::string_view("a\0b", 3)));
}

TEST(Topic, OnlyWellFormedUtf8IsValid) {
  EXPECT_TRUE(is_valid_topic("\xF4\x8F\xBF\xBF"));   // U+10FFFF
  EXPECT_FALSE(is_valid_topic("\xF4\x90\x80\x80"));  // beyond it
  EXPECT_FALSE(is_valid_topic("\xC0\xAF"));          // overlong '/'
  EXPECT_FALSE(is_valid_topic("\xE0\x80\xAF"));      // overlong '/'
  EXPECT_FALSE(is_valid_topic("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_topic("a\xE9"));             // cut short
  EXPECT_FALSE(is_valid_topic("\x80"));              // continuation without a start
}

TEST(Topic, ValidFilters) {
  for (const char* filter : {"#", "+", "a/#", "+/a/+", "/+", "a/+/#", "/", "a//b"}) {
    EXPECT_TRUE(is_valid_filter(filter)) << filter;
  }
  for (const char* filter : {"", "a#", "#/a", "a/#/b", "a+", "+a/b", "a/b#", "##"}) {
    EXPECT_FALSE(is_valid_filter(filter)) << filter;
  }
}

}  // namespace
}  // namespace xiaogate
