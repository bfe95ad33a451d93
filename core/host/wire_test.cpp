#include "host/wire.h"

#include <random>

#include <gtest/gtest.h>

#include "host/plugin_library.h"

namespace xiaogate::host::wire {
namespace {

PluginEffect publish(std::string data) {
  return {PluginEffectKind::publish, "d1", "a/b", std::move(data), Millis(0), 1};
}

TEST(Wire, CallsComeBackAsTheyWere) {
  const PluginInput input{PluginInputKind::message, "gate-1", "a/b", std::string("\0\xff\n", 3)};
  const auto frame = decode_to_plugin(encode_call(7, WallTime(Millis(-5)), input));
  ASSERT_TRUE(frame.has_value());
  const auto& call = std::get<Call>(*frame);
  EXPECT_EQ(call.id, 7U);
  EXPECT_EQ(call.now, WallTime(Millis(-5)));
  EXPECT_EQ(call.input.kind, input.kind);
  EXPECT_EQ(call.input.device, input.device);
  EXPECT_EQ(call.input.name, input.name);
  EXPECT_EQ(call.input.data, input.data);
}

TEST(Wire, TheLargestInputFitsAndOneOctetMoreDoesNot) {
  PluginInput input{PluginInputKind::message, "d", "t", ""};
  while (fits(input)) input.data.resize(input.data.size() + 1024);
  while (!fits(input)) input.data.pop_back();
  const auto frame = encode_call(1, WallTime(), input);
  EXPECT_EQ(frame.size(), kMaxFrame);
  EXPECT_TRUE(decode_to_plugin(frame).has_value());
  EXPECT_FALSE(decode_to_plugin(frame + "x").has_value());
}

TEST(Wire, ResultsAreCutIntoFramesAndJoinToTheSame) {
  std::vector<PluginEffect> effects(2, publish(std::string(90'000, 'x')));
  effects.push_back({PluginEffectKind::timer, "d1", "close", "", Millis(86'400'000), 0});
  const auto frames = encode_returned(9, effects);
  EXPECT_EQ(frames.size(), 2U);
  std::vector<PluginEffect> joined;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_LE(frames[i].size(), kMaxFrame);
    auto frame = decode_from_plugin(frames[i]);
    ASSERT_TRUE(frame.has_value());
    auto& returned = std::get<Returned>(*frame);
    EXPECT_EQ(returned.id, 9U);
    EXPECT_EQ(returned.last, i + 1 == frames.size());
    joined.insert(joined.end(), returned.effects.begin(), returned.effects.end());
  }
  EXPECT_EQ(joined, effects);
  EXPECT_EQ(encode_returned(1, {}).size(), 1U);
}

TEST(Wire, TheStartCarriesConfigurationAndState) {
  PluginState state;
  for (int i = 0; i < 10; ++i) state["key" + std::to_string(i)] = std::string(40'000, 'v');
  const std::string config(300'000, 'c');
  const auto frames = encode_start({"lib.so", "p", "1.0.0", 64}, config, state);
  ASSERT_TRUE(frames.has_value());
  std::string read_config;
  PluginState read_state;
  for (const auto& frame : *frames) {
    auto decoded = decode_to_plugin(frame);
    ASSERT_TRUE(decoded.has_value());
    if (const auto* part = std::get_if<ConfigPart>(&*decoded)) read_config += part->text;
    if (auto* part = std::get_if<StatePart>(&*decoded)) read_state.merge(part->entries);
  }
  EXPECT_EQ(read_config, config);
  EXPECT_EQ(read_state, state);
  const auto hello = decode_to_plugin(frames->front());
  ASSERT_TRUE(hello && std::holds_alternative<Hello>(*hello));
  EXPECT_EQ(std::get<Hello>(*hello).memory_mib, 64U);
  EXPECT_TRUE(std::holds_alternative<Begin>(*decode_to_plugin(frames->back())));
  state["large"] = std::string(kMaxFrame, 'v');
  EXPECT_EQ(encode_start({}, "", state).error().code, "wire.too_large");
}

TEST(Wire, EveryPrefixAndEveryExtensionOfAFrameIsRefused) {
  const auto whole = encode_returned(3, {publish("payload"), publish("")}).front();
  ASSERT_TRUE(decode_from_plugin(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_from_plugin(std::string_view(whole).substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(decode_from_plugin(whole + '\0').has_value());
}

TEST(Wire, NumbersOutOfTheirRangesAreRefused) {
  auto effect = publish("x");
  effect.qos = 2;
  EXPECT_FALSE(decode_from_plugin(encode_returned(1, {effect}).front()).has_value());
  effect = publish("x");
  effect.delay = Millis(-1);
  EXPECT_FALSE(decode_from_plugin(encode_returned(1, {effect}).front()).has_value());
  effect = publish("x");
  effect.kind = PluginEffectKind::reply;
  EXPECT_FALSE(decode_from_plugin(encode_returned(1, {effect}).front()).has_value());
  effect = publish("x");
  effect.name.clear();
  EXPECT_FALSE(decode_from_plugin(encode_returned(1, {effect}).front()).has_value());
  const std::vector<PluginEffect> many(kMaxEffects + 1, publish(""));
  EXPECT_FALSE(decode_from_plugin(encode_returned(1, many).front()).has_value());
}

TEST(Wire, AHugeCountInASmallFrameAllocatesNothing) {
  std::string frame = encode_returned(1, {publish("x")}).front();
  for (std::size_t i = 10; i < 14; ++i) frame[i] = '\xff';
  EXPECT_FALSE(decode_from_plugin(frame).has_value());
}

TEST(Wire, RandomOctetsNeverDoMoreThanFail) {
  constexpr unsigned kSeed = 20260101;
  std::mt19937 random(kSeed);
  const auto valid = encode_returned(5, {publish("payload"), publish("more")}).front();
  for (int round = 0; round < 200'000; ++round) {
    std::string frame;
    if (round % 2 == 0) {
      frame.resize(random() % 80);
      for (char& octet : frame) octet = static_cast<char>(random());
      // Otherwise nearly all fail at their first octet.
      if (!frame.empty()) frame[0] = static_cast<char>(random() % 20);
    } else {
      frame = valid;
      for (auto n = 1 + random() % 3; n > 0; --n) {
        frame[random() % frame.size()] = static_cast<char>(random());
      }
    }
    const auto from = decode_from_plugin(frame);
    if (from && std::holds_alternative<Returned>(*from)) {
      for (const auto& effect : std::get<Returned>(*from).effects) EXPECT_LE(effect.qos, 1U);
    }
    (void)decode_to_plugin(frame);
  }
}

}  // namespace
}  // namespace xiaogate::host::wire
