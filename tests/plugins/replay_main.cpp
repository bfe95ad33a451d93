// plugin_replay <plugin folder> <recordings folder>: plays every recordings/*.jsonl to the plugin
// and compares what it returns. A recording is lines of JSON:
//
//   {"devices": {"<id>": {options}}}        first; the options pass through the manifest's schema
//   {"state": {"<key>": "<value>"}}         may follow: what the plugin finds stored
//   {"input": {"kind": "message", "device": "..", "name": "..", "data": .., "id": 1, "now_ms": 0}}
//   {"effects": [{"kind": "publish", "device": "..", "name": "..", "data": .., "qos": 0}]}
//       or {"not_understood": true}         the answer to the input before it
//
// `data` is a text as it stands on the wire, or a JSON object or array that it must equal as JSON.
// Every effect that publishes must fit a topic that the manifest allows the device, every event and
// every command that is understood the Thing Models that it offers. Each recording is played twice,
// to two instances: the answers must be the same.
#include <filesystem>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>

#include "host/interfaces.h"
#include "host/manifest.h"
#include "host/plugin_library.h"
#include "model/device_topics.h"
#include "model/topic.h"

namespace xiaogate::host {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 6> kInputKinds{"", "message", "command", "timer", "request", ""};
constexpr std::array<const char*, 5> kEffectKinds{"", "publish", "event", "timer", "put"};

std::string data_text(const Json& holder) {
  const Json data = holder.value("data", Json(""));
  return data.is_string() ? data.get<std::string>() : data.dump();
}

PluginInput input_of(const Json& line) {
  const auto kind = std::ranges::find(kInputKinds, line.at("kind").get<std::string>());
  return {static_cast<PluginInputKind>(kind - kInputKinds.begin()), line.at("device"),
          line.at("name"), data_text(line)};
}

// The effect as a recording has it, with `data` in the form in which it was expected.
Json effect_json(const PluginEffect& effect, const Json& expected) {
  Json json{{"kind", kEffectKinds.at(static_cast<std::size_t>(effect.kind))},
            {"device", effect.device},
            {"name", effect.name}};
  const bool structured =
      expected.is_object() && expected.contains("data") && !expected.at("data").is_string();
  if (structured) {
    json["data"] = parse_json(effect.data).value_or(Json(effect.data));
  } else if (!effect.data.empty()) {
    json["data"] = effect.data;
  }
  if (effect.kind == PluginEffectKind::publish) json["qos"] = effect.qos;
  if (effect.kind == PluginEffectKind::timer) json["delay_ms"] = effect.delay.count();
  return json;
}

class Recording : public testing::Test {
 public:
  Recording(fs::path folder, fs::path file) : folder_(std::move(folder)), file_(std::move(file)) {}

  void TestBody() override {
    auto manifest = load_manifest(folder_);
    ASSERT_TRUE(manifest.has_value()) << manifest.error().text;
    manifest_ = *manifest;
    interfaces_ = Interfaces::load().value().bind(manifest_.interfaces);
    read_lines();
    if (HasFatalFailure()) return;
    complete_options();
    if (HasFatalFailure()) return;
    play();
    play();
  }

 private:
  void read_lines() {
    std::ifstream in(file_);
    std::size_t number = 0;
    for (std::string text; std::getline(in, text);) {
      ++number;
      if (text.empty()) continue;
      auto line = parse_json(text);
      ASSERT_TRUE(line.has_value()) << file_ << ":" << number << ": " << line.error().text;
      lines_.emplace_back(number, std::move(*line));
    }
    ASSERT_FALSE(lines_.empty()) << file_ << " is empty";
    ASSERT_TRUE(lines_.front().second.contains("devices")) << file_ << ": devices come first";
  }

  void complete_options() {
    for (auto& [device, options] : lines_.front().second["devices"].items()) {
      auto completed = check_options(manifest_, options);
      ASSERT_TRUE(completed.has_value()) << device << ": " << completed.error().text;
      options = *completed;
      topics_[device] = topics_of(manifest_, device, options).value();
    }
  }

  void play() {
    const auto library = PluginLibrary::open(manifest_);
    ASSERT_TRUE(library.has_value()) << library.error().text;
    PluginState state;
    auto line = lines_.begin() + 1;
    if (line != lines_.end() && line->second.contains("state")) {
      state = line++->second.at("state").get<PluginState>();
    }
    auto instance = library->create(lines_.front().second.dump(), state);
    ASSERT_TRUE(instance.has_value()) << instance.error().text;
    for (; line != lines_.end(); line += 2) {
      ASSERT_TRUE(line + 1 != lines_.end()) << at(*line) << "an input without its answer";
      step(*instance, *line, *(line + 1));
    }
  }

  using Line = std::pair<std::size_t, Json>;

  std::string at(const Line& line) const {
    return file_.filename().string() + ":" + std::to_string(line.first) + ": ";
  }

  void step(PluginInstance& instance, const Line& asked, const Line& expected) {
    ASSERT_TRUE(asked.second.contains("input")) << at(asked);
    const Json& in = asked.second.at("input");
    const auto input = input_of(in);
    if (input.kind == PluginInputKind::message) {
      EXPECT_TRUE(heard(input)) << at(asked)
                                << "the manifest does not let the device be heard there";
    }
    auto effects = instance.handle(input, in.value("id", std::uint64_t{1}),
                                   WallTime(Millis(in.value("now_ms", std::int64_t{0}))));
    if (expected.second.contains("not_understood")) {
      EXPECT_FALSE(effects.has_value()) << at(asked) << "was understood";
      return;
    }
    ASSERT_TRUE(effects.has_value()) << at(asked) << effects.error().text;
    const auto fits = check_input(input, *interfaces_);
    EXPECT_TRUE(fits.has_value()) << at(asked) << fits.error().text;
    const Json& wanted = expected.second.at("effects");
    Json got = Json::array();
    for (std::size_t i = 0; i < effects->size(); ++i) {
      got.push_back(effect_json((*effects)[i], i < wanted.size() ? wanted[i] : Json()));
      check_topic((*effects)[i], asked);
    }
    EXPECT_EQ(got.dump(), wanted.dump()) << at(expected);
    for (const auto& refused : take_refused(*effects, *interfaces_)) {
      ADD_FAILURE() << at(expected) << refused.device << " " << refused.reason;
    }
  }

  bool heard(const PluginInput& input) const {
    return std::ranges::any_of(topics_.at(input.device).subscribe, [&](const auto& filter) {
      return topic_matches(filter, input.name);
    });
  }

  void check_topic(const PluginEffect& effect, const Line& asked) const {
    if (effect.kind != PluginEffectKind::publish) return;
    const auto& allowed = topics_.at(effect.device).publish;
    EXPECT_TRUE(std::ranges::find(allowed, effect.name) != allowed.end())
        << at(asked) << "publishes on " << effect.name << ", which the manifest does not allow";
  }

  fs::path folder_;
  fs::path file_;
  PluginManifest manifest_;
  std::optional<BoundInterfaces> interfaces_;
  std::map<std::string, DeviceTopics> topics_;
  std::vector<Line> lines_;
};

}  // namespace
}  // namespace xiaogate::host

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) {
    std::cerr << "usage: plugin_replay <plugin folder> <recordings folder>\n";
    return 2;
  }
  const std::filesystem::path plugin = argv[1];
  for (const auto& entry : std::filesystem::directory_iterator(argv[2])) {
    if (entry.path().extension() != ".jsonl") continue;
    testing::RegisterTest("Recording", entry.path().stem().c_str(), nullptr, nullptr, __FILE__,
                          __LINE__, [plugin, file = entry.path()]() -> testing::Test* {
                            return new xiaogate::host::Recording(plugin, file);
                          });
  }
  if (testing::UnitTest::GetInstance()->total_test_count() == 0) {
    std::cerr << "no recordings in " << argv[2] << "\n";
    return 1;
  }
  return RUN_ALL_TESTS();
}
