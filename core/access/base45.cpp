#include "access/base45.h"

#include <array>

namespace xiaogate::access {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
constexpr unsigned kBase = 45;
constexpr std::uint8_t kNoDigit = 0xFF;
static_assert(kAlphabet.size() == kBase);

constexpr std::array<std::uint8_t, 256> kDigitOf = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

// Three characters for two octets, two for a last one; the least significant digit comes first.
void put_group(std::string& text, unsigned value, int characters) {
  for (; characters > 0; --characters) {
    text.push_back(kAlphabet[value % kBase]);
    value /= kBase;
  }
}

}  // namespace

std::string encode_base45(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() * 3 + 1) / 2);
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) put_group(text, bytes[i] * 256U + bytes[i + 1], 3);
  if (i < bytes.size()) put_group(text, bytes[i], 2);
  return text;
}

std::optional<Bytes> decode_base45(std::string_view text) {
  if (text.size() % 3 == 1) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 3 * 2 + 1);
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const std::string_view group = text.substr(i, 3);
    unsigned value = 0;
    for (std::size_t k = group.size(); k > 0; --k) {
      const std::uint8_t digit = kDigitOf[static_cast<unsigned char>(group[k - 1])];
      if (digit == kNoDigit) return std::nullopt;
      value = value * kBase + digit;
    }
    if (value > (group.size() == 3 ? 0xFFFFU : 0xFFU)) return std::nullopt;
    if (group.size() == 3) bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(value & 0xFFU));
  }
  return bytes;
}

}  // namespace xiaogate::access
