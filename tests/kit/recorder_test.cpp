// The recorder with a real plugin process: what is written is what came, and plays again.

#include "kit/recorder.h"

#include <gmock/gmock.h>

#include "host/manifest.h"
#include "kit/recording.h"

namespace xiaogate::kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RecorderTest : public testing::Test {
 protected:
  Recorder start(const std::string& devices) {
    auto parsed = parse_recorded_devices(devices, "devices.json", manifest_);
    EXPECT_TRUE(parsed) << parsed.error().text;
    auto recorder = Recorder::start({.runner = XIAOGATE_PLUGIN_RUNNER}, manifest_, *parsed);
    EXPECT_TRUE(recorder) << recorder.error().text;
    return std::move(*recorder);
  }
  Recorder flawed(const std::string& flaw) {
    return start(R"({"devices":{"g":{"flaw":")" + flaw + R"("},"h":{}}})");
  }
  static Instant at(std::int64_t ms) {
    return {.wall = WallTime(Millis(ms)), .mono = MonoTime(Millis(ms))};
  }
  Recording parsed(const Recorder& recorder) {
    std::vector<RecordingFault> faults;
    auto recording = parse_recording(recorder.text(), "r.jsonl", manifest_, faults);
    for (const auto& fault : faults) ADD_FAILURE() << fault.where << " " << fault.what;
    return recording;
  }

  PluginManifest manifest_ = host::load_manifest(XIAOGATE_FLAWED).value();
};

TEST_F(RecorderTest, WritesWhatReallyCame) {
  Recorder recorder = flawed("none");
  EXPECT_THAT(recorder.filters(), ElementsAre("flawed/g/answer", "flawed/h/answer"));
  EXPECT_THAT(recorder.heard("flawed/x/answer", "opened", at(1)), IsEmpty());
  const auto heard = recorder.heard("flawed/g/answer", "opened", at(2));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_THAT(heard[0].publications, IsEmpty());
  ASSERT_EQ(recorder.heard("flawed/g/answer", "what", at(3)).size(), 1U);
  const auto ordered = recorder.order("h", "open", "{}", at(4));
  ASSERT_TRUE(ordered) << ordered.error().text;
  ASSERT_EQ(ordered->publications.size(), 1U);
  EXPECT_EQ(ordered->publications[0].name, "flawed/g/command");

  const Recording recording = parsed(recorder);
  ASSERT_EQ(recording.steps.size(), 3U);
  EXPECT_EQ(recording.steps[0].effects.at(0).effect.name, "opened");
  EXPECT_EQ(recording.steps[0].now, WallTime(Millis(2)));
  EXPECT_FALSE(recording.steps[1].understood);
  EXPECT_EQ(recording.steps[2].input.kind, PluginInputKind::command);
  EXPECT_EQ(recording.steps[2].input.device, "h");
  EXPECT_EQ(recorder.counts().messages, 2U);
  EXPECT_EQ(recorder.counts().commands, 1U);
  EXPECT_EQ(recorder.counts().not_understood, 1U);
  EXPECT_EQ(recorder.counts().effects,
            (std::map<std::string, std::uint64_t>{{"event", 1}, {"publish", 1}}));
}

TEST_F(RecorderTest, RecordsNoOrderThatIsNone) {
  Recorder recorder = flawed("none");
  EXPECT_EQ(recorder.order("x", "open", "{}", at(1)).error().code, "order.device");
  EXPECT_EQ(recorder.order("g", "fly", "{}", at(1)).error().code, "order.action");
  EXPECT_EQ(recorder.order("g", "open", R"({"x":1})", at(1)).error().code, "order.input");
  EXPECT_EQ(recorder.order("g", "open", "{", at(1)).error().code, "order.input");
  EXPECT_EQ(recorder.counts().inputs(), 0U);
  EXPECT_THAT(parsed(recorder).steps, IsEmpty());
}

TEST_F(RecorderTest, FiresTimersInTheirOrderAndOnce) {
  Recorder recorder = flawed("timers");
  EXPECT_EQ(recorder.next_due(), std::nullopt);
  (void)recorder.heard("flawed/g/answer", "hello", at(100));
  EXPECT_EQ(recorder.next_due(), MonoTime(Millis(110)));
  EXPECT_THAT(recorder.due(at(109)), IsEmpty());
  // "early" sets "late" anew, which was due as well.
  auto fired = recorder.due(at(130));
  ASSERT_EQ(fired.size(), 1U);
  EXPECT_EQ(fired[0].input.name, "early");
  EXPECT_EQ(fired[0].publications.at(0).data, "early");
  EXPECT_EQ(recorder.next_due(), MonoTime(Millis(180)));
  fired = recorder.due(at(180));
  ASSERT_EQ(fired.size(), 1U);
  EXPECT_EQ(fired[0].input.name, "late");
  EXPECT_EQ(recorder.next_due(), std::nullopt);
  EXPECT_EQ(parsed(recorder).steps.at(2).input.kind, PluginInputKind::timer);
  EXPECT_EQ(recorder.counts().timers, 2U);
}

TEST_F(RecorderTest, SendsNothingThatAGatewayWouldDrop) {
  for (const std::string flaw : {"topic", "device"}) {
    Recorder recorder = flawed(flaw);
    const auto ordered = recorder.order("g", "open", "{}", at(1));
    ASSERT_TRUE(ordered) << ordered.error().text;
    EXPECT_EQ(ordered->faults.size(), 1U) << flaw;
    ASSERT_EQ(ordered->publications.size(), 1U) << flaw;
    EXPECT_EQ(ordered->publications[0].name, "flawed/g/command");
    EXPECT_EQ(parsed(recorder).steps.at(0).effects.size(), 2U) << "plugin test must find it";
  }
  Recorder recorder = flawed("model");
  const auto heard = recorder.heard("flawed/g/answer", "opened", at(1));
  EXPECT_EQ(heard.at(0).faults.size(), 1U);
}

TEST_F(RecorderTest, ACrashIsRecordedAndEndsIt) {
  Recorder recorder = flawed("crash");
  const auto heard = recorder.heard("flawed/g/answer", std::string(3000, 'x'), at(1));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(recorder.ended());
  EXPECT_THAT(heard[0].answer.reason, HasSubstr("SIGABRT"));
  EXPECT_FALSE(parsed(recorder).steps.at(0).understood);
}

TEST_F(RecorderTest, APluginThatRefusesItsDevicesIsAnError) {
  const auto devices =
      parse_recorded_devices(R"({"devices":{"g":{"flaw":"create"}}})", "d.json", manifest_);
  const auto refused = Recorder::start({.runner = XIAOGATE_PLUGIN_RUNNER}, manifest_, *devices);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("told to refuse"));
}

}  // namespace
}  // namespace xiaogate::kit
