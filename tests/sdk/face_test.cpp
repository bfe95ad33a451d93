// The C++ face, through the C ABI that it makes: no exception crosses it.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "xiaogate/plugin.h"

namespace {

xg_text text(const std::string& value) {
  return {value.data(), value.size()};
}
std::string copy(const xg_text& value) {
  return {value.data, value.size};
}

struct Emitted {
  std::uint32_t kind;
  std::string name;
  std::string data;
  std::int64_t delay_ms;
  std::uint32_t qos;
};

int collect(void* context, const xg_effect* effect) {
  EXPECT_EQ(effect->size, sizeof(xg_effect));
  static_cast<std::vector<Emitted>*>(context)->push_back(
      {effect->kind, copy(effect->name), copy(effect->data), effect->delay_ms, effect->qos});
  return 0;
}

class Face : public testing::Test {
 protected:
  void* create(const std::string& config) {
    return plugin_->create(text(config), nullptr, 0, error_.data(), error_.size());
  }
  int handle(void* self, std::uint32_t kind) {
    const std::string device = "d1";
    const std::string name = "a/b";
    const std::string data = "payload";
    xg_input input{sizeof(xg_input), kind, 0, 1, text(device), text(name), text(data)};
    const xg_sink sink{sizeof(xg_sink), &effects_, &collect};
    return plugin_->handle(self, &input, &sink);
  }

  const xg_plugin* plugin_ = xiaogate_plugin();
  std::array<char, 8> error_{};
  std::vector<Emitted> effects_;
};

TEST_F(Face, DescribesThePlugin) {
  EXPECT_EQ(plugin_->size, sizeof(xg_plugin));
  EXPECT_EQ(plugin_->abi, XG_ABI_VERSION);
  EXPECT_STREQ(plugin_->name, "echo");
  EXPECT_STREQ(plugin_->version, "0.1.0");
}

TEST_F(Face, HandsEffectsToTheSink) {
  void* self = create("");
  ASSERT_NE(self, nullptr);
  EXPECT_EQ(handle(self, XG_INPUT_MESSAGE), 0);
  ASSERT_EQ(effects_.size(), 4U);
  EXPECT_EQ(effects_[0].kind, static_cast<std::uint32_t>(XG_EFFECT_PUBLISH));
  EXPECT_EQ(effects_[0].name, "a/b");
  EXPECT_EQ(effects_[0].data, "payload");
  EXPECT_EQ(effects_[0].qos, 1U);
  EXPECT_EQ(effects_[1].kind, static_cast<std::uint32_t>(XG_EFFECT_EVENT));
  EXPECT_EQ(effects_[2].delay_ms, 250);
  EXPECT_EQ(effects_[3].kind, static_cast<std::uint32_t>(XG_EFFECT_PUT));
  plugin_->destroy(self);
}

TEST_F(Face, ExceptionsBecomeNumbers) {
  void* self = create("");
  ASSERT_NE(self, nullptr);
  EXPECT_NE(handle(self, XG_INPUT_COMMAND), 0);
  EXPECT_NE(handle(self, XG_INPUT_TIMER), 0);
  EXPECT_NE(handle(self, 99), 0);
  plugin_->destroy(self);
  EXPECT_EQ(create("odd"), nullptr);
}

TEST_F(Face, ARefusalIsExplainedWithinTheBuffer) {
  EXPECT_EQ(create("refuse"), nullptr);
  EXPECT_EQ(std::string(error_.data()), "told to");
}

}  // namespace
