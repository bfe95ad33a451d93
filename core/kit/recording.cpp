#include "kit/recording.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "host/manifest.h"
#include "model/topic.h"

namespace xiaogate::kit {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kInputKinds{"message", "command", "timer"};
constexpr std::array<const char*, 4> kEffectKinds{"publish", "event", "timer", "put"};
constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kYear9999 = 253'402'300'799'000;
constexpr std::uintmax_t kMaxFile = std::uintmax_t{64} << 20U;

std::string listed(const auto& names) {
  std::string text;
  for (const char* name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

// The number of the kind (from 1, as in plugin.h), or 0 after a fault.
std::uint32_t read_kind(JsonReader& in, const auto& kinds) {
  const std::string kind = in.text("kind");
  const auto found = std::ranges::find(kinds, kind);
  if (found != kinds.end()) return static_cast<std::uint32_t>(found - kinds.begin()) + 1;
  if (!kind.empty()) {
    in.fault("kind", "is '" + printable(kind, 40) + "'; there are: " + listed(kinds));
  }
  return 0;
}

// `data`, a text or JSON, or `data_hex`, octets; neither is no data.
std::string read_data(JsonReader& in, std::optional<Json>* structured) {
  const Json* data = in.find("data");
  const Json* hex = in.find("data_hex");
  if (data != nullptr && hex != nullptr) in.fault("data", "stands beside data_hex; give one");
  if (hex != nullptr) {
    const auto octets =
        hex->is_string() ? from_hex(hex->get_ref<const std::string&>()) : std::nullopt;
    if (!octets) in.fault("data_hex", "must be an even number of hexadecimal digits");
    return octets ? std::string(as_text(*octets)) : std::string();
  }
  if (data == nullptr) return {};
  if (data->is_string()) return data->get<std::string>();
  if (!data->is_structured()) {
    in.fault("data", "must be a text, an object or an array; write a number as a text");
    return {};
  }
  if (structured != nullptr) *structured = *data;
  return data->dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Parser {
 public:
  Parser(std::string name, const PluginManifest& manifest, std::vector<RecordingFault>& faults)
      : manifest_(manifest), faults_(faults) {
    recording_.name = std::move(name);
  }

  void line(std::size_t number, std::string_view text) {
    line_ = number;
    const auto json = parse_json(text);
    if (!json) return fault(json.error().text);
    if (!json->is_object()) return fault("a line must be a JSON object");
    std::vector<std::string> faults;
    JsonReader in(*json, "", faults);
    read(in, faults);
    in.finish();
    for (auto& each : faults) fault(std::move(each));
  }

  Recording finish() && {
    line_ = std::max<std::size_t>(line_, 1);
    if (!devices_read_) fault("the recording is empty; its first line must be {\"devices\": ...}");
    if (open_) {
      line_ = recording_.steps.back().line;
      fault(
          "/input: has no answer; {\"effects\": [...]} or {\"not_understood\": true} must follow");
    }
    return std::move(recording_);
  }

 private:
  void fault(std::string what) {
    faults_.push_back({recording_.name + ":" + std::to_string(line_), std::move(what)});
  }

  void read(JsonReader& in, std::vector<std::string>& faults) {
    if (const Json* devices = in.find("devices")) return read_devices(in, *devices);
    if (!devices_read_) {
      devices_read_ = true;  // told once
      fault("/devices: missing; the first line must be {\"devices\": {\"<id>\": {options}}}");
    }
    if (const Json* state = in.find("state")) return read_state(in, *state);
    if (const Json* input = in.find("input")) return read_input(*input, faults);
    read_answer(in, faults);
  }

  void read_devices(JsonReader& in, const Json& devices) {
    if (devices_read_) return in.fault("devices", "stands on the first line, and there alone");
    devices_read_ = true;
    if (!devices.is_object() || devices.empty()) {
      return in.fault("devices", "must be an object of devices, each with its options");
    }
    for (const auto& [id, options] : devices.items()) {
      const auto completed = host::check_options(manifest_, options);
      if (!completed) {
        std::istringstream lines(completed.error().text);
        for (std::string each; std::getline(lines, each);) fault("/devices/" + id + each);
        continue;
      }
      const auto topics = topics_of(manifest_, id, *completed);
      if (!topics) {
        in.fault("devices/" + id, topics.error().text);
        continue;
      }
      recording_.devices[id] = *completed;
      recording_.topics[id] = *topics;
    }
  }

  void read_state(JsonReader& in, const Json& state) {
    if (!recording_.steps.empty()) return in.fault("state", "must stand before the first input");
    if (!state.is_object()) return in.fault("state", "must be an object of texts");
    for (const auto& [key, value] : state.items()) {
      if (value.is_string()) {
        recording_.state[key] = value.get<std::string>();
      } else {
        in.fault("state/" + key, "must be a text");
      }
    }
  }

  void read_input(const Json& input, std::vector<std::string>& faults) {
    JsonReader in(input, "/input", faults);
    if (open_) {
      faults.emplace_back("/input: the input on line " +
                          std::to_string(recording_.steps.back().line) + " has no answer yet");
    }
    RecordedStep step;
    step.line = line_;
    const std::uint32_t kind = read_kind(in, kInputKinds);
    step.input.kind = static_cast<PluginInputKind>(kind == 0 ? 1 : kind);
    step.input.device = in.text("device");
    step.input.name = in.text("name");
    step.input.data = read_data(in, nullptr);
    step.id = static_cast<std::uint64_t>(in.integer_or("id", 1, 1, INT64_MAX));
    step.now = WallTime(Millis(in.integer_or("now_ms", 0, 0, kYear9999)));
    in.finish();
    check_input(in, step.input);
    recording_.steps.push_back(std::move(step));
    open_ = true;
  }

  void check_input(JsonReader& in, const PluginInput& input) const {
    if (input.device.empty()) return;
    const auto topics = recording_.topics.find(input.device);
    if (topics == recording_.topics.end()) {
      return in.fault("device", "'" + printable(input.device, 40) +
                                    "' is not among the devices of the first line");
    }
    if (input.kind != PluginInputKind::message || input.name.empty()) return;
    const auto& filters = topics->second.subscribe;
    const bool heard =
        is_valid_topic(input.name) && std::ranges::any_of(filters, [&](const std::string& filter) {
          return topic_matches(filter, input.name);
        });
    if (heard) return;
    std::string allowed;
    for (const auto& filter : filters) allowed += (allowed.empty() ? "" : ", ") + filter;
    in.fault("name", "the manifest lets this device be heard on " +
                         (allowed.empty() ? "nothing" : allowed) + ", not on '" +
                         printable(input.name, 100) + "'");
  }

  void read_answer(JsonReader& in, std::vector<std::string>& faults) {
    const Json* effects = in.find("effects");
    const Json* not_understood = in.find("not_understood");
    if (effects == nullptr && not_understood == nullptr) {
      return fault("holds none of: devices, state, input, effects, not_understood");
    }
    if (!open_) return fault("an answer without an input before it");
    open_ = false;
    RecordedStep& step = recording_.steps.back();
    step.answer_line = line_;
    if (const auto differs = in.text_or("after_restart", ""); !differs.empty()) {
      step.after_restart_differs = differs == "differs";
      if (!step.after_restart_differs) in.fault("after_restart", "may only be \"differs\"");
    }
    if (not_understood != nullptr) {
      step.understood = false;
      if (*not_understood != true) in.fault("not_understood", "may only be true");
      if (effects != nullptr) in.fault("effects", "stands beside not_understood; give one");
      return;
    }
    if (!effects->is_array()) return in.fault("effects", "must be an array");
    for (std::size_t i = 0; i < effects->size(); ++i) {
      read_effect((*effects)[i], "/effects/" + std::to_string(i), faults, step);
    }
  }

  static void read_effect(const Json& json, const std::string& pointer,
                          std::vector<std::string>& faults, RecordedStep& step) {
    JsonReader in(json, pointer, faults);
    ExpectedEffect expected;
    const std::uint32_t kind = read_kind(in, kEffectKinds);
    expected.effect.kind = static_cast<PluginEffectKind>(kind == 0 ? 1 : kind);
    const bool put = expected.effect.kind == PluginEffectKind::put;
    expected.effect.device = put ? in.text_or("device", "") : in.text("device");
    expected.effect.name = in.text("name");
    expected.effect.data = read_data(in, &expected.json);
    if (expected.effect.kind == PluginEffectKind::publish) {
      expected.effect.qos = static_cast<std::uint32_t>(in.integer_or("qos", 0, 0, 1));
    }
    if (expected.effect.kind == PluginEffectKind::timer) {
      expected.effect.delay = Millis(in.integer("delay_ms", 0, kDay));
    }
    in.finish();
    step.effects.push_back(std::move(expected));
  }

  const PluginManifest& manifest_;
  std::vector<RecordingFault>& faults_;
  Recording recording_;
  std::size_t line_ = 0;
  bool devices_read_ = false;
  bool open_ = false;  // an input waits for its answer
};

bool is_utf8(const std::string& text) {
  // What dump() refuses is no UTF-8.
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

void set_data(Json& json, const std::string& data) {
  if (data.empty()) return;
  if (!is_utf8(data)) {
    json["data_hex"] = to_hex(as_bytes(data));
    return;
  }
  auto parsed = parse_json(data);
  // Only what comes out again as it went in may stand as JSON: an input must be played as it was.
  const bool same = parsed && parsed->is_structured() && parsed->dump() == data;
  // In its line it is nested deeper by as much, and must still be read.
  const bool fits = same && parse_json("[[[" + data + "]]]");
  json["data"] = fits ? std::move(*parsed) : Json(data);
}

// `number` counts from 1, as in plugin.h.
std::string_view word(const auto& words, std::size_t number) {
  return words.at(std::clamp<std::size_t>(number, 1, words.size()) - 1);
}

}  // namespace

std::string_view name_of(PluginInputKind kind) {
  return word(kInputKinds, static_cast<std::size_t>(kind));
}

std::string_view name_of(PluginEffectKind kind) {
  return word(kEffectKinds, static_cast<std::size_t>(kind));
}

bool ExpectedEffect::fits(const PluginEffect& got) const {
  const bool put = effect.kind == PluginEffectKind::put;
  if (got.kind != effect.kind || (!put && got.device != effect.device) || got.name != effect.name ||
      got.qos != effect.qos || got.delay != effect.delay) {
    return false;
  }
  if (!json) return got.data == effect.data;
  const auto parsed = parse_json(got.data);
  return parsed && *parsed == *json;
}

std::string Recording::config() const {
  return canonical({{"devices", devices}});
}

Recording parse_recording(std::string_view text, const std::string& name,
                          const PluginManifest& manifest, std::vector<RecordingFault>& faults) {
  Parser parser(name, manifest, faults);
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) parser.line(number, line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::move(parser).finish();
}

std::vector<Recording> read_recordings(const fs::path& folder, const PluginManifest& manifest,
                                       std::vector<RecordingFault>& faults) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Recording> recordings;
  for (const auto& file : files) {
    const std::string name = file.filename().string();
    if (fs::file_size(file, error) > kMaxFile || error) {
      faults.push_back({name, "cannot be read, or is larger than 64 MiB"});
      continue;
    }
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const std::size_t before = faults.size();
    auto recording = parse_recording(text.view(), name, manifest, faults);
    if (faults.size() == before) recordings.push_back(std::move(recording));
  }
  return recordings;
}

std::vector<std::vector<const Recording*>> by_configuration(
    const std::vector<Recording>& recordings) {
  std::vector<std::vector<const Recording*>> groups;
  for (const auto& recording : recordings) {
    if (recording.steps.empty()) continue;
    const auto group = std::ranges::find_if(
        groups, [&](const auto& other) { return other.front()->devices == recording.devices; });
    if (group == groups.end()) {
      groups.push_back({&recording});
    } else {
      group->push_back(&recording);
    }
  }
  return groups;
}

std::string devices_line(const std::map<std::string, Json>& options) {
  return canonical({{"devices", options}});
}

std::string input_line(const PluginInput& input, std::uint64_t id, WallTime now) {
  Json json{{"kind", name_of(input.kind)},
            {"device", input.device},
            {"name", input.name},
            {"id", id},
            {"now_ms", now.time_since_epoch().count()}};
  set_data(json, input.data);
  return canonical({{"input", std::move(json)}});
}

Json effect_json(const PluginEffect& effect) {
  Json json{{"kind", name_of(effect.kind)}, {"device", effect.device}, {"name", effect.name}};
  if (effect.kind == PluginEffectKind::put) json.erase("device");
  if (effect.kind == PluginEffectKind::publish) json["qos"] = effect.qos;
  if (effect.kind == PluginEffectKind::timer) json["delay_ms"] = effect.delay.count();
  set_data(json, effect.data);
  return json;
}

std::string effects_line(const std::vector<PluginEffect>& effects) {
  Json list = Json::array();
  for (const auto& effect : effects) list.push_back(effect_json(effect));
  return canonical({{"effects", std::move(list)}});
}

std::string not_understood_line() {
  return canonical({{"not_understood", true}});
}

}  // namespace xiaogate::kit
