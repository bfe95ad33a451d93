#include "kit/hostile_inputs.h"

#include <algorithm>
#include <array>

#include "model/topic.h"

namespace xiaogate::kit {
namespace {

constexpr std::size_t kMaxPayload = std::size_t{64} * 1024;  // the device link drops larger ones
constexpr std::size_t kMostTimers = 64;

// Not UTF-8: lone continuation, overlong form, surrogate, beyond U+10FFFF, cut in the middle.
constexpr std::array<std::string_view, 5> kBadUtf8{"\x80", "\xc0\xaf", "\xed\xa0\x80",
                                                   "\xf4\x90\x80\x80", "\xe5\xb0"};

constexpr std::array<std::string_view, 14> kOddPayloads{
    "",     "null", "true", "0", "-1", "1e999",          "18446744073709551616",
    "\"\"", "[]",   "{}",   "{", "[[", "\xef\xbb\xbf{}", "NaN"};

// Every value inside, the whole first.
void collect(Json& json, std::vector<Json*>& nodes) {
  nodes.push_back(&json);
  if (json.is_structured()) {
    for (auto& child : json) collect(child, nodes);
  }
}

}  // namespace

HostileInputs::HostileInputs(std::vector<const Recording*> recordings, std::uint64_t seed)
    : recordings_(std::move(recordings)), random_(seed) {
  for (const auto* recording : recordings_) {
    for (const auto& step : recording->steps) inputs_.push_back(&step.input);
  }
}

const PluginInput& HostileInputs::recorded() {
  return *inputs_[below(inputs_.size())];
}

PluginInput HostileInputs::next_recorded() {
  return *inputs_[turn_++ % inputs_.size()];
}

void HostileInputs::timer_set(const std::string& device, const std::string& name) {
  const std::pair timer{device, name};
  if (timers_.size() < kMostTimers && std::ranges::find(timers_, timer) == timers_.end()) {
    timers_.push_back(timer);
  }
}

PluginInput HostileInputs::next() {
  const PluginInput& usual = recorded();
  const std::uint64_t kind = below(16);
  if (kind == 0) {
    if (!timers_.empty() && below(4) != 0) {
      const auto& [device, name] = timers_[below(timers_.size())];
      return {PluginInputKind::timer, device, name, ""};
    }
    return {PluginInputKind::timer, usual.device, noise(1 + below(20)), ""};
  }
  if (kind == 1) {
    return {PluginInputKind::command, usual.device, below(2) == 0 ? usual.name : noise(8),
            payload(usual.data)};
  }
  PluginInput input = usual;
  if (input.kind == PluginInputKind::message) input.name = topic(input.device, input.name);
  input.data = payload(input.data);
  return input;
}

std::string HostileInputs::topic(const std::string& device, const std::string& usual) {
  if (below(4) != 0) return usual;
  const auto& filters = recordings_.front()->topics.at(device).subscribe;
  if (filters.empty()) return usual;
  std::string topic;
  for (const char c : filters[below(filters.size())]) {
    if (c == '+') {
      topic += std::to_string(below(1000));
    } else if (c == '#') {
      topic += "x/" + std::to_string(below(1000));
    } else {
      topic += c;
    }
  }
  return is_valid_topic(topic) ? topic : usual;
}

std::string HostileInputs::payload(const std::string& usual) {
  switch (below(12)) {
    case 0:
      return usual;
    case 1:
      return usual.substr(0, usual.empty() ? 0 : below(usual.size()));
    case 2:
      return usual + usual;
    case 3:
      return std::string(kOddPayloads[below(kOddPayloads.size())]);
    case 4: {
      std::string text = usual;
      text.insert(below(text.size() + 1), kBadUtf8[below(kBadUtf8.size())]);
      return text;
    }
    case 5: {
      const std::size_t depth = std::size_t{1} << (1 + below(14));
      return below(2) == 0 ? std::string(depth, '[')
                           : std::string(depth, '[') + std::string(depth, ']');
    }
    case 6: {
      // Rarely, for they are slow to carry: as large as the link lets through.
      const std::size_t size = below(16) == 0 ? kMaxPayload : 256 + below(2048);
      return below(2) == 0 ? noise(size) : '"' + std::string(size - 2, 'A') + '"';
    }
    case 7:
      return noise(below(200));
    case 8:
    case 9:
      return mutated(usual);
    default:
      return mutated_json(usual);
  }
}

std::string HostileInputs::mutated(std::string text) {
  for (std::uint64_t changes = 1 + below(4); changes > 0; --changes) {
    if (text.empty()) return noise(4);
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << below(8)));
        break;
      case 2:
        text.erase(at, 1 + below(8));
        break;
      default:
        text.insert(at, text.substr(below(text.size()), 1 + below(16)));
    }
  }
  return text;
}

// Still JSON, but a value somewhere inside is another, or gone.
std::string HostileInputs::mutated_json(const std::string& text) {
  auto json = parse_json(text);
  if (!json || !json->is_structured()) return mutated(text);
  std::vector<Json*> nodes;
  collect(*json, nodes);
  Json& node = *nodes[below(nodes.size())];
  switch (below(8)) {
    case 0:
      node = nullptr;
      break;
    case 1:
      node = -1;
      break;
    case 2:
      node = UINT64_MAX;
      break;
    case 3:
      node = 1.5e300;
      break;
    case 4:
      node = std::string(1 + below(600), 'x');
      break;
    case 5:
      node = Json::array({Json::object(), nullptr, "x"});
      break;
    case 6:
      node = Json{{"id", "x"}, {"state", 3}};
      break;
    default:
      node = below(2) == 0;
  }
  return json->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string HostileInputs::noise(std::size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(below(256));
  return text;
}

}  // namespace xiaogate::kit
