// SHA-256 and random octets.
#pragma once

#include <initializer_list>

#include "model/bytes.h"
#include "model/record.h"

namespace xiaogate::cose {

// SHA-256 of the parts, one after the other.
Digest sha256(std::initializer_list<ByteView> parts);

// `count` octets from the operating system's generator, for keys and identifiers.
Bytes random_octets(std::size_t count);

}  // namespace xiaogate::cose
