// Base45 (RFC 9285): three characters of the QR alphanumeric set for two octets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/bytes.h"

namespace xiaogate::access {

std::string encode_base45(ByteView bytes);

// Nothing for a character outside the alphabet, a length of 1 mod 3, or a group above its range.
std::optional<Bytes> decode_base45(std::string_view text);

}  // namespace xiaogate::access
