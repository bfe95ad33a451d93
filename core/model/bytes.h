// Octets and their hexadecimal text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xiaogate {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// The same memory seen as octets or as text; borrows, never copies.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Lower-case hexadecimal, two digits an octet.
std::string to_hex(ByteView bytes);

// The octets of an even number of hexadecimal digits (either case); nothing otherwise.
std::optional<Bytes> from_hex(std::string_view text);

// `text` with everything but printable ASCII replaced by '?', cut to `limit` characters, so that
// hostile bytes can stand in a log line or a journal record.
std::string printable(std::string_view text, std::size_t limit = 80);

}  // namespace xiaogate
