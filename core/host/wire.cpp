#include "host/wire.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "host/plugin_library.h"
#include "model/bytes.h"

namespace xiaogate::host::wire {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

enum Type : std::uint8_t {
  kHello = 1,
  kConfig = 2,
  kState = 3,
  kBegin = 4,
  kCall = 5,
  kReady = 16,
  kRefused = 17,
  kReturned = 18,
  kNotUnderstood = 19
};

constexpr std::size_t kTextHead = sizeof(std::uint32_t);
constexpr std::size_t kCallHead = 1 + 8 + 8 + 4 + 3 * kTextHead;
constexpr std::size_t kReturnedHead = 1 + 8 + 1 + 4;
constexpr std::size_t kEffectHead = 4 + 3 * kTextHead + 8 + 4;
constexpr std::size_t kStateHead = 1 + 4;
constexpr std::size_t kConfigHead = 1 + kTextHead;
constexpr std::size_t kWhyLimit = 4096;
constexpr std::int64_t kMaxDelayMs = 86'400'000;

static_assert(kReturnedHead + kEffectHead + kMaxEffectBytes <= kMaxFrame,
              "every effect within its quota fits into a frame");

class Writer {
 public:
  explicit Writer(Type type) { out_.push_back(static_cast<char>(type)); }

  template <class Number>
  Writer& number(Number value) {
    char octets[sizeof value];
    std::memcpy(octets, &value, sizeof value);
    out_.append(octets, sizeof value);
    return *this;
  }
  Writer& text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_.append(value);
    return *this;
  }
  Writer& raw(std::string_view octets) {
    out_.append(octets);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads fields; after the first fault everything reads as zero and done() is false.
class Reader {
 public:
  explicit Reader(std::string_view frame) : rest_(frame) {}

  template <class Number>
  Number number() {
    Number value{};
    if (!take(sizeof value)) return value;
    std::ranges::copy(taken_, reinterpret_cast<char*>(&value));
    return value;
  }
  std::string text() {
    const auto size = number<std::uint32_t>();
    return take(size) ? std::string(taken_) : std::string();
  }
  // A count of items that take at least `least` octets each.
  std::size_t count(std::size_t least) {
    const std::size_t n = number<std::uint32_t>();
    if (n > rest_.size() / least) fail();
    return ok_ ? n : 0;
  }
  void require(bool condition) {
    if (!condition) fail();
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  bool take(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
      fail();
      return false;
    }
    taken_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  std::string_view taken_;
  bool ok_ = true;
};

StatePart read_state(Reader& in) {
  StatePart part;
  for (std::size_t n = in.count(2 * kTextHead); n > 0 && in.ok(); --n) {
    auto key = in.text();
    auto value = in.text();
    part.entries.insert_or_assign(std::move(key), std::move(value));
  }
  return part;
}

Call read_call(Reader& in) {
  Call call;
  call.id = in.number<std::uint64_t>();
  call.now = WallTime(Millis(in.number<std::int64_t>()));
  const auto kind = in.number<std::uint32_t>();
  in.require(kind >= 1 && kind <= 4);
  call.input.kind = static_cast<PluginInputKind>(kind);
  call.input.device = in.text();
  call.input.name = in.text();
  call.input.data = in.text();
  return call;
}

PluginEffect read_effect(Reader& in) {
  PluginEffect effect;
  const auto kind = in.number<std::uint32_t>();
  in.require(kind >= 1 && kind <= 4);
  effect.kind = static_cast<PluginEffectKind>(kind);
  effect.device = in.text();
  effect.name = in.text();
  effect.data = in.text();
  const auto delay = in.number<std::int64_t>();
  in.require(delay >= 0 && delay <= kMaxDelayMs);
  effect.delay = Millis(delay);
  effect.qos = in.number<std::uint32_t>();
  in.require(effect.qos <= 1 && !effect.name.empty());
  return effect;
}

Returned read_returned(Reader& in) {
  Returned returned;
  returned.id = in.number<std::uint64_t>();
  const auto last = in.number<std::uint8_t>();
  in.require(last <= 1);
  returned.last = last == 1;
  const std::size_t n = in.count(kEffectHead);
  in.require(n <= kMaxEffects && (returned.last || n > 0));
  if (in.ok()) returned.effects.reserve(n);
  for (std::size_t i = 0; i < n && in.ok(); ++i) returned.effects.push_back(read_effect(in));
  return returned;
}

std::unexpected<Error> invalid(std::string_view frame) {
  return failure("wire.invalid", "frame of " + std::to_string(frame.size()) +
                                     " octets, beginning " + to_hex(as_bytes(frame.substr(0, 16))) +
                                     ", is not one of the wire's");
}

std::optional<ToPlugin> read_to_plugin(Reader& in) {
  switch (in.number<std::uint8_t>()) {
    case kHello: {
      in.require(in.number<std::uint32_t>() == kVersion);
      Hello hello;
      hello.library = in.text();
      hello.name = in.text();
      hello.version = in.text();
      hello.memory_mib = in.number<std::uint32_t>();
      return hello;
    }
    case kConfig:
      return ConfigPart{in.text()};
    case kState:
      return read_state(in);
    case kBegin:
      return Begin{};
    case kCall:
      return read_call(in);
    default:
      return std::nullopt;
  }
}

std::optional<FromPlugin> read_from_plugin(Reader& in) {
  switch (in.number<std::uint8_t>()) {
    case kReady:
      return Ready{in.text()};
    case kRefused:
      return Refused{in.text()};
    case kReturned:
      return read_returned(in);
    case kNotUnderstood:
      return NotUnderstood{in.number<std::uint64_t>()};
    default:
      return std::nullopt;
  }
}

// Collects the encodings of items into frames: head(count, ...) + items.
template <class Head>
void flush(std::vector<std::string>& frames, std::string& items, std::uint32_t& count,
           const Head& head) {
  frames.push_back(head(count).raw(items).take());
  items.clear();
  count = 0;
}

std::string encode_entry(const std::string& key, const std::string& value) {
  return Writer(kState).text(key).text(value).take().substr(1);
}

std::string encode_effect(const PluginEffect& effect) {
  return Writer(kReturned)
      .number(static_cast<std::uint32_t>(effect.kind))
      .text(effect.device)
      .text(effect.name)
      .text(effect.data)
      .number(static_cast<std::int64_t>(effect.delay.count()))
      .number(effect.qos)
      .take()
      .substr(1);
}

}  // namespace

Result<ToPlugin> decode_to_plugin(std::string_view frame) {
  Reader in(frame);
  auto decoded = read_to_plugin(in);
  if (!decoded || !in.done() || frame.size() > kMaxFrame) return invalid(frame);
  return std::move(*decoded);
}

Result<FromPlugin> decode_from_plugin(std::string_view frame) {
  Reader in(frame);
  auto decoded = read_from_plugin(in);
  if (!decoded || !in.done() || frame.size() > kMaxFrame) return invalid(frame);
  return std::move(*decoded);
}

Result<std::vector<std::string>> encode_start(const Hello& hello, std::string_view config,
                                              const PluginState& state) {
  std::vector<std::string> frames;
  frames.push_back(Writer(kHello)
                       .number(kVersion)
                       .text(hello.library)
                       .text(hello.name)
                       .text(hello.version)
                       .number(hello.memory_mib)
                       .take());
  while (!config.empty()) {
    const auto part = config.substr(0, kMaxFrame - kConfigHead);
    frames.push_back(Writer(kConfig).text(part).take());
    config.remove_prefix(part.size());
  }
  const auto head = [](std::uint32_t count) { return Writer(kState).number(count); };
  std::string items;
  std::uint32_t count = 0;
  for (const auto& [key, value] : state) {
    const auto entry = encode_entry(key, value);
    if (kStateHead + entry.size() > kMaxFrame) {
      return failure("wire.too_large",
                     "stored state \"" + printable(key) + "\" has more than 128 KiB");
    }
    if (kStateHead + items.size() + entry.size() > kMaxFrame) flush(frames, items, count, head);
    items += entry;
    ++count;
  }
  if (count > 0) flush(frames, items, count, head);
  frames.push_back(Writer(kBegin).take());
  return frames;
}

bool fits(const PluginInput& input) {
  return kCallHead + input.device.size() + input.name.size() + input.data.size() <= kMaxFrame;
}

std::string encode_call(std::uint64_t id, WallTime now, const PluginInput& input) {
  return Writer(kCall)
      .number(id)
      .number(static_cast<std::int64_t>(now.time_since_epoch().count()))
      .number(static_cast<std::uint32_t>(input.kind))
      .text(input.device)
      .text(input.name)
      .text(input.data)
      .take();
}

std::string encode_ready(std::string_view held_by) {
  return Writer(kReady).text(held_by.substr(0, kWhyLimit)).take();
}

std::string encode_refused(std::string_view why) {
  return Writer(kRefused).text(why.substr(0, kWhyLimit)).take();
}

std::vector<std::string> encode_returned(std::uint64_t id,
                                         const std::vector<PluginEffect>& effects) {
  std::vector<std::string> frames;
  bool last = false;
  const auto head = [&](std::uint32_t count) {
    return Writer(kReturned).number(id).number(static_cast<std::uint8_t>(last)).number(count);
  };
  std::string items;
  std::uint32_t count = 0;
  for (const auto& effect : effects) {
    const auto item = encode_effect(effect);
    if (kReturnedHead + items.size() + item.size() > kMaxFrame) flush(frames, items, count, head);
    items += item;
    ++count;
  }
  last = true;
  flush(frames, items, count, head);
  return frames;
}

std::string encode_not_understood(std::uint64_t id) {
  return Writer(kNotUnderstood).number(id).take();
}

}  // namespace xiaogate::host::wire
