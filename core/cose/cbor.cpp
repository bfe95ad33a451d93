#include "cose/cbor.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace xiaogate::cose {
namespace {

struct Head {
  Kind kind = Kind::simple;
  std::uint64_t value = 0;  // the integer, length, count, tag number, or the bits of a simple value
};

// The kinds whose value counts octets or items that follow.
bool counts(Kind kind) {
  return kind == Kind::bytes || kind == Kind::text || kind == Kind::array || kind == Kind::map;
}

bool is_shortest(std::uint8_t info, std::uint64_t value) {
  switch (info) {
    case 24:
      return value > 23;
    case 25:
      return value > 0xFF;
    case 26:
      return value > 0xFFFF;
    case 27:
      return value > 0xFFFF'FFFF;
    default:
      return true;
  }
}

// Reads the head at `at` and moves `at` past it. Returns what is wrong, or null.
const char* read_head(ByteView bytes, std::size_t& at, Head& head) {
  if (at >= bytes.size()) return "an item is missing";
  const std::uint8_t first = bytes[at];
  const auto info = static_cast<std::uint8_t>(first & 0x1FU);
  head.kind = static_cast<Kind>(first >> 5U);
  if (info == 31) return "indefinite length or break";
  if (info > 27) return "reserved additional information";
  const std::size_t extra = info < 24 ? 0 : std::size_t{1} << (info - 24U);
  if (bytes.size() - at - 1 < extra) return "the item is cut short";
  head.value = info;
  if (extra > 0) {
    head.value = 0;
    for (std::size_t i = 1; i <= extra; ++i) head.value = (head.value << 8U) | bytes[at + i];
  }
  if (head.kind != Kind::simple) {
    if (!is_shortest(info, head.value)) return "not the shortest form";
  } else if (info == 24 && head.value < 32) {
    return "not a simple value";
  }
  at += 1 + extra;
  const std::uint64_t octets_each = head.kind == Kind::map ? 2 : 1;
  if (counts(head.kind) && head.value > (bytes.size() - at) / octets_each) {
    return "a length beyond the end";
  }
  return nullptr;
}

// The length of a UTF-8 sequence by its first octet; 0 when none begins so.
std::size_t sequence_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if ((lead & 0xF0U) == 0xE0U) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_utf8(ByteView text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::uint8_t lead = text[i];
    const std::size_t length = sequence_length(lead);
    if (length == 0 || text.size() - i < length) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((text[i + k] & 0xC0U) != 0x80U) return false;
    }
    // Overlong forms, surrogates and what lies above U+10FFFF show in the second octet.
    const std::uint8_t second = length > 2 ? text[i + 1] : 0;
    if (lead == 0xE0 && second < 0xA0) return false;
    if (lead == 0xED && second > 0x9F) return false;
    if (lead == 0xF0 && second < 0x90) return false;
    if (lead == 0xF4 && second > 0x8F) return false;
    i += length;
  }
  return true;
}

// Checks one item of nested items by every rule of the header.
class Check {
 public:
  explicit Check(ByteView bytes) : bytes_(bytes) {}

  std::optional<Fault> whole() {
    if (!item(0)) return fault_;
    if (at_ != bytes_.size()) return Fault{"octets after the item", at_};
    return std::nullopt;
  }

 private:
  bool fail(std::string_view what, std::size_t offset) {
    fault_ = Fault{what, offset};
    return false;
  }

  bool item(int depth) {
    const std::size_t start = at_;
    Head head;
    if (const char* wrong = read_head(bytes_, at_, head)) return fail(wrong, start);
    switch (head.kind) {
      case Kind::bytes:
        at_ += head.value;
        return true;
      case Kind::text:
        at_ += head.value;
        return is_utf8(bytes_.subspan(at_ - head.value, head.value)) ||
               fail("text is not UTF-8", start);
      case Kind::array:
      case Kind::map:
      case Kind::tag:
        if (depth >= kMaxDepth) return fail("nested too deeply", start);
        return head.kind == Kind::map ? map(head.value, depth + 1)
                                      : items(head.kind == Kind::tag ? 1 : head.value, depth + 1);
      default:
        return true;
    }
  }

  bool items(std::uint64_t count, int depth) {
    for (; count > 0; --count) {
      if (!item(depth)) return false;
    }
    return true;
  }

  // Keys in ascending order are proven distinct on the way; only others are collected and sorted.
  bool map(std::uint64_t pairs, int depth) {
    const std::size_t start = at_;
    std::vector<std::string_view> keys;
    std::string_view last;
    bool ascending = true;
    for (std::uint64_t i = 0; i < pairs; ++i) {
      const std::size_t key_start = at_;
      if (!item(depth)) return false;
      const std::string_view key = as_text(bytes_.subspan(key_start, at_ - key_start));
      if (i > 0 && ascending && key <= last) {
        ascending = false;
        keys = keys_of(start, i);
      }
      if (!ascending) keys.push_back(key);
      last = key;
      if (!item(depth)) return false;
    }
    if (ascending) return true;
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end() || fail("a map key stands twice", start);
  }

  // The first `count` keys of the map whose pairs begin at `start`, already checked.
  std::vector<std::string_view> keys_of(std::size_t start, std::uint64_t count) const;

  ByteView bytes_;
  std::size_t at_ = 0;
  Fault fault_;
};

// Moves `at` past an item that has been checked.
void skip_checked(ByteView bytes, std::size_t& at) {
  for (std::uint64_t left = 1; left > 0; --left) {
    Head head;
    read_head(bytes, at, head);
    if (head.kind == Kind::bytes || head.kind == Kind::text) at += head.value;
    if (head.kind == Kind::array) left += head.value;
    if (head.kind == Kind::map) left += 2 * head.value;
    if (head.kind == Kind::tag) left += 1;
  }
}

std::vector<std::string_view> Check::keys_of(std::size_t start, std::uint64_t count) const {
  std::vector<std::string_view> keys;
  for (std::size_t at = start; count > 0; --count) {
    const std::size_t key_start = at;
    skip_checked(bytes_, at);
    keys.push_back(as_text(bytes_.subspan(key_start, at - key_start)));
    skip_checked(bytes_, at);
  }
  return keys;
}

}  // namespace

std::string Fault::text() const {
  return std::string(what) + " at offset " + std::to_string(offset);
}

Reader::Reader(ByteView item) : bytes_(item), fault_(Check(item).whole()) {}

std::optional<Kind> Reader::peek() const {
  if (fault_ || at_ >= bytes_.size()) return std::nullopt;
  return static_cast<Kind>(bytes_[at_] >> 5U);
}

void Reader::reject(std::string_view what, std::size_t offset) {
  if (!fault_) fault_ = Fault{what, offset};
}

std::uint64_t Reader::take(Kind kind, std::string_view expected) {
  if (peek() != kind) {
    reject(expected, at_);
    return 0;
  }
  Head head;
  read_head(bytes_, at_, head);
  return head.value;
}

std::uint64_t Reader::unsigned_integer() {
  return take(Kind::unsigned_integer, "not an unsigned integer");
}

std::int64_t Reader::integer() {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const bool negative = peek() == Kind::negative_integer;
  const std::uint64_t value =
      take(negative ? Kind::negative_integer : Kind::unsigned_integer, "not an integer");
  const auto held = static_cast<std::int64_t>(std::min(value, static_cast<std::uint64_t>(kMost)));
  return negative ? -1 - held : held;
}

ByteView Reader::bytes() {
  const std::uint64_t length = take(Kind::bytes, "not a byte string");
  at_ += length;
  return bytes_.subspan(at_ - length, length);
}

std::string_view Reader::text() {
  const std::uint64_t length = take(Kind::text, "not a text string");
  at_ += length;
  return as_text(bytes_.subspan(at_ - length, length));
}

std::uint64_t Reader::array() {
  return take(Kind::array, "not an array");
}
std::uint64_t Reader::map() {
  return take(Kind::map, "not a map");
}
std::uint64_t Reader::tag() {
  return take(Kind::tag, "not a tag");
}

ByteView Reader::item() {
  if (!peek()) {
    reject("an item is missing", at_);
    return {};
  }
  const std::size_t start = at_;
  skip_checked(bytes_, at_);
  return bytes_.subspan(start, at_ - start);
}

std::optional<Fault> Reader::finish() {
  if (at_ != bytes_.size()) reject("more items than expected", at_);
  return fault_;
}

Writer& Writer::head(Kind kind, std::uint64_t value) {
  const auto major = static_cast<std::uint8_t>(static_cast<unsigned>(kind) << 5U);
  if (value < 24) {
    out_.push_back(static_cast<std::uint8_t>(major | value));
    return *this;
  }
  unsigned power = 0;
  while (power < 3 && (value >> (8U << power)) != 0) ++power;
  out_.push_back(static_cast<std::uint8_t>(major | (24U + power)));
  for (unsigned octet = 1U << power; octet > 0; --octet) {
    out_.push_back(static_cast<std::uint8_t>(value >> (8U * (octet - 1U))));
  }
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  if (value >= 0) return head(Kind::unsigned_integer, static_cast<std::uint64_t>(value));
  return head(Kind::negative_integer, static_cast<std::uint64_t>(-1 - value));
}

Writer& Writer::bytes(ByteView value) {
  head(Kind::bytes, value.size());
  return item(value);
}

Writer& Writer::text(std::string_view value) {
  head(Kind::text, value.size());
  return item(as_bytes(value));
}

Writer& Writer::item(ByteView serialised) {
  out_.insert(out_.end(), serialised.begin(), serialised.end());
  return *this;
}

}  // namespace xiaogate::cose
