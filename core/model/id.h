// Identifiers that cannot hold nonsense: made by parse() or not at all.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "model/bytes.h"

namespace xiaogate {

// Eight octets: a credential id (`cti` of a rider's credential) or a key id (`kid`).
// The Tag keeps the two from being mixed up.
template <class Tag>
class Id8 {
 public:
  static constexpr std::size_t kSize = 8;

  Id8() = default;
  explicit Id8(std::array<std::uint8_t, kSize> octets) : octets_(octets) {}

  static std::optional<Id8> from_bytes(ByteView bytes) {
    if (bytes.size() != kSize) return std::nullopt;
    Id8 id;
    std::memcpy(id.octets_.data(), bytes.data(), kSize);
    return id;
  }
  // 16 hexadecimal digits.
  static std::optional<Id8> from_text(std::string_view text) {
    const auto bytes = from_hex(text);
    return bytes ? from_bytes(*bytes) : std::nullopt;
  }

  ByteView bytes() const { return octets_; }
  std::string text() const { return to_hex(octets_); }
  // Big-endian, so that numeric order is byte order.
  std::uint64_t number() const {
    std::uint64_t n = 0;
    for (const std::uint8_t octet : octets_) n = (n << 8U) | octet;
    return n;
  }

  auto operator<=>(const Id8&) const = default;

 private:
  std::array<std::uint8_t, kSize> octets_{};
};

using CredentialId = Id8<struct CredentialTag>;
using KeyId = Id8<struct KeyTag>;

// Names of devices, plugins, access points and regions in the configuration: 1 to 32 characters of
// [a-z0-9_-], beginning with a letter or digit. Safe as an MQTT topic level and as a file name.
bool is_name(std::string_view text);

// "gw-" and 16 lower-case hexadecimal digits (docs: hub link).
bool is_gateway_id(std::string_view text);

}  // namespace xiaogate

template <class Tag>
struct std::hash<xiaogate::Id8<Tag>> {
  std::size_t operator()(const xiaogate::Id8<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.number());
  }
};
