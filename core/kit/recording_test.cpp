#include "kit/recording.h"

#include <gmock/gmock.h>

#include "kit/test_relay.h"

namespace xiaogate::kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Recording parse(std::string_view text, std::vector<std::string>& faults) {
  std::vector<RecordingFault> found;
  auto recording = parse_recording(text, "r.jsonl", relay(), found);
  for (const auto& fault : found) faults.push_back(fault.where + " " + fault.what);
  return recording;
}

constexpr std::string_view kGood = R"({"devices":{"g":{"topic":"a"}}}
{"state":{"k":"v"}}
{"input":{"kind":"command","device":"g","name":"open","data":{},"id":7,"now_ms":5}}
{"effects":[{"kind":"publish","device":"g","name":"a/command","data":{"b":1,"a":2},"qos":1},{"kind":"put","name":"k","data":"w"},{"kind":"timer","device":"g","name":"t","delay_ms":250}]}
{"input":{"kind":"message","device":"g","name":"a/answer","data_hex":"ff00"}}
{"not_understood":true,"after_restart":"differs"}
)";

TEST(Recording, ReadsEverything) {
  std::vector<std::string> faults;
  const Recording recording = parse(kGood, faults);
  EXPECT_THAT(faults, ElementsAre());
  EXPECT_EQ(recording.config(), R"({"devices":{"g":{"pulse":1,"topic":"a"}}})");
  EXPECT_EQ(recording.state, (PluginState{{"k", "v"}}));
  ASSERT_EQ(recording.steps.size(), 2U);
  const RecordedStep& first = recording.steps[0];
  EXPECT_EQ(first.line, 3U);
  EXPECT_EQ(first.answer_line, 4U);
  EXPECT_EQ(first.id, 7U);
  EXPECT_EQ(first.input.data, "{}");
  ASSERT_EQ(first.effects.size(), 3U);
  EXPECT_EQ(first.effects[2].effect.delay, Millis(250));
  EXPECT_EQ(recording.steps[1].input.data, std::string("\xff\0", 2));
  EXPECT_FALSE(recording.steps[1].understood);
  EXPECT_TRUE(recording.steps[1].after_restart_differs);
}

TEST(Recording, JsonDataFitsInAnyOrderOfMembersAndTextOctetByOctet) {
  std::vector<std::string> faults;
  const ExpectedEffect expected = parse(kGood, faults).steps[0].effects[0];
  PluginEffect got = expected.effect;
  got.data = R"({ "b": 1, "a": 2 })";
  EXPECT_TRUE(expected.fits(got));
  got.data = R"({"b":1,"a":3})";
  EXPECT_FALSE(expected.fits(got));
  got = expected.effect;
  got.qos = 0;
  EXPECT_FALSE(expected.fits(got));
  ExpectedEffect text;
  text.effect.data = "{}";
  PluginEffect spaced = text.effect;
  EXPECT_TRUE(text.fits(spaced));
  spaced.data = "{ }";
  EXPECT_FALSE(text.fits(spaced));
}

TEST(Recording, TellsEveryFaultWithLineAndPointer) {
  std::vector<std::string> faults;
  parse(R"({"devices":{"g":{"topic":7,"colour":1}}}
not json
{"input":{"kind":"shout","device":"h","name":"x","later":true}}
{"input":{"kind":"message","device":"g","name":"a/other"}}
{"effects":[{"kind":"publish","device":"g","name":"x","qos":2},{"kind":"timer","device":"g","name":"t"}]}
{"effects":[]}
{"wishes":[]}
{"input":{"kind":"command","device":"g","name":"open"}})",
        faults);
  const std::vector<std::string> wanted{"r.jsonl:1 /devices/g/topic: ",
                                        "r.jsonl:2 ",
                                        "r.jsonl:3 /input/kind: is 'shout'",
                                        "r.jsonl:3 /input/later: ",
                                        "r.jsonl:3 /input/device: 'h'",
                                        "r.jsonl:4 /input: the input on line 3",
                                        "r.jsonl:5 /effects/0/qos: ",
                                        "r.jsonl:5 /effects/1/delay_ms: ",
                                        "r.jsonl:6 an answer without",
                                        "r.jsonl:7 holds none of",
                                        "r.jsonl:7 /wishes: ",
                                        "r.jsonl:8 /input: has no answer"};
  for (const auto& each : wanted) {
    EXPECT_THAT(faults, testing::Contains(HasSubstr(each))) << each;
  }
}

TEST(Recording, TellsWhereADeviceMayNotBeHeard) {
  std::vector<std::string> faults;
  parse(R"({"devices":{"g":{"topic":"a"}}}
{"input":{"kind":"message","device":"g","name":"b/answer"}}
{"effects":[]})",
        faults);
  EXPECT_THAT(faults, ElementsAre(HasSubstr("r.jsonl:2 /input/name: the manifest lets this device "
                                            "be heard on a/answer, not on 'b/answer'")));
}

TEST(Recording, AnEmptyFileIsAFault) {
  std::vector<std::string> faults;
  parse("", faults);
  EXPECT_THAT(faults, ElementsAre(HasSubstr("r.jsonl:1")));
}

TEST(Recording, WhatIsWrittenIsReadAgain) {
  const std::vector<PluginInput> inputs{
      {PluginInputKind::command, "g", "open", "{}"},
      {PluginInputKind::message, "g", "a/answer", std::string("\xff\0x", 3)},
      {PluginInputKind::message, "g", "a/answer", R"({"b": 1})"},
      {PluginInputKind::message, "g", "a/answer", "17"},
      {PluginInputKind::timer, "g", "t", ""}};
  const std::vector<PluginEffect> effects{
      {PluginEffectKind::publish, "g", "a/command", "on", Millis(0), 1},
      {PluginEffectKind::timer, "g", "t", "", Millis(9), 0},
      {PluginEffectKind::put, "", "k", std::string("\x80", 1), Millis(0), 0}};
  std::string text = devices_line({{"g", {{"topic", "a"}}}}) + "\n";
  for (const auto& input : inputs) {
    text += input_line(input, 3, WallTime(Millis(4))) + "\n" + effects_line(effects) + "\n";
  }
  std::vector<std::string> faults;
  const Recording recording = parse(text, faults);
  EXPECT_THAT(faults, ElementsAre());
  ASSERT_EQ(recording.steps.size(), inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(recording.steps[i].input.kind, inputs[i].kind);
    EXPECT_EQ(recording.steps[i].input.data, inputs[i].data);
    ASSERT_EQ(recording.steps[i].effects.size(), effects.size());
    for (std::size_t k = 0; k < effects.size(); ++k) {
      EXPECT_TRUE(recording.steps[i].effects[k].fits(effects[k])) << i << " " << k;
    }
  }
}

// A payload may be nested as deep as a whole line may.
TEST(Recording, WritesADeepPayloadSoThatItIsReadAgain) {
  for (const std::size_t depth : {1U, 29U, 30U, 31U, 32U, 33U}) {
    const std::string payload = std::string(depth, '[') + std::string(depth, ']');
    const PluginInput input{PluginInputKind::message, "g", "a/answer", payload};
    const PluginEffect effect{.device = "g", .name = "a/command", .data = payload};
    std::vector<std::string> faults;
    const auto recording =
        parse(devices_line({{"g", {{"topic", "a"}}}}) + "\n" + input_line(input, 1, WallTime()) +
                  "\n" + effects_line({effect}) + "\n",
              faults);
    EXPECT_THAT(faults, ElementsAre()) << depth;
    ASSERT_EQ(recording.steps.size(), 1U) << depth;
    EXPECT_EQ(recording.steps[0].input.data, payload);
    EXPECT_TRUE(recording.steps[0].effects.at(0).fits(effect)) << depth;
  }
}

}  // namespace
}  // namespace xiaogate::kit
