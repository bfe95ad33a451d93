// ABI version 1, number by number. A plugin built years ago relies on them: if this test fails, the
// change needs a new member at the end of a struct, or a new ABI version.
#include <cstddef>

#include <gtest/gtest.h>

#include "xiaogate/plugin.h"

extern "C" std::size_t size_in_c(int which);

namespace {

static_assert(sizeof(void*) == 8, "the numbers below are those of 64-bit systems");

TEST(Layout, Text) {
  EXPECT_EQ(offsetof(xg_text, data), 0U);
  EXPECT_EQ(offsetof(xg_text, size), 8U);
  EXPECT_EQ(sizeof(xg_text), 16U);
  EXPECT_EQ(offsetof(xg_entry, key), 0U);
  EXPECT_EQ(offsetof(xg_entry, value), 16U);
  EXPECT_EQ(sizeof(xg_entry), 32U);
}

TEST(Layout, Input) {
  EXPECT_EQ(offsetof(xg_input, size), 0U);
  EXPECT_EQ(offsetof(xg_input, kind), 4U);
  EXPECT_EQ(offsetof(xg_input, now_ms), 8U);
  EXPECT_EQ(offsetof(xg_input, id), 16U);
  EXPECT_EQ(offsetof(xg_input, device), 24U);
  EXPECT_EQ(offsetof(xg_input, name), 40U);
  EXPECT_EQ(offsetof(xg_input, data), 56U);
  EXPECT_EQ(sizeof(xg_input), 72U);
}

TEST(Layout, Effect) {
  EXPECT_EQ(offsetof(xg_effect, size), 0U);
  EXPECT_EQ(offsetof(xg_effect, kind), 4U);
  EXPECT_EQ(offsetof(xg_effect, device), 8U);
  EXPECT_EQ(offsetof(xg_effect, name), 24U);
  EXPECT_EQ(offsetof(xg_effect, data), 40U);
  EXPECT_EQ(offsetof(xg_effect, delay_ms), 56U);
  EXPECT_EQ(offsetof(xg_effect, qos), 64U);
  EXPECT_EQ(sizeof(xg_effect), 72U);
}

TEST(Layout, Sink) {
  EXPECT_EQ(offsetof(xg_sink, size), 0U);
  EXPECT_EQ(offsetof(xg_sink, context), 8U);
  EXPECT_EQ(offsetof(xg_sink, emit), 16U);
  EXPECT_EQ(sizeof(xg_sink), 24U);
}

TEST(Layout, Plugin) {
  EXPECT_EQ(offsetof(xg_plugin, size), 0U);
  EXPECT_EQ(offsetof(xg_plugin, abi), 4U);
  EXPECT_EQ(offsetof(xg_plugin, name), 8U);
  EXPECT_EQ(offsetof(xg_plugin, version), 16U);
  EXPECT_EQ(offsetof(xg_plugin, create), 24U);
  EXPECT_EQ(offsetof(xg_plugin, handle), 32U);
  EXPECT_EQ(offsetof(xg_plugin, destroy), 40U);
  EXPECT_EQ(sizeof(xg_plugin), 48U);
}

TEST(Layout, NumbersOfTheKinds) {
  EXPECT_EQ(XG_ABI_VERSION, 1U);
  EXPECT_EQ(XG_INPUT_MESSAGE, 1);
  EXPECT_EQ(XG_INPUT_COMMAND, 2);
  EXPECT_EQ(XG_INPUT_TIMER, 3);
  EXPECT_EQ(XG_INPUT_REQUEST, 4);
  EXPECT_EQ(XG_EFFECT_PUBLISH, 1);
  EXPECT_EQ(XG_EFFECT_EVENT, 2);
  EXPECT_EQ(XG_EFFECT_TIMER, 3);
  EXPECT_EQ(XG_EFFECT_PUT, 4);
  EXPECT_EQ(XG_EFFECT_REPLY, 5);
}

TEST(Layout, TheSameInC) {
  EXPECT_EQ(size_in_c(0), sizeof(xg_text));
  EXPECT_EQ(size_in_c(1), sizeof(xg_entry));
  EXPECT_EQ(size_in_c(2), sizeof(xg_input));
  EXPECT_EQ(size_in_c(3), sizeof(xg_effect));
  EXPECT_EQ(size_in_c(4), sizeof(xg_sink));
  EXPECT_EQ(size_in_c(5), sizeof(xg_plugin));
}

}  // namespace
