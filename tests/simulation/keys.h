// Keys that follow from a number, so that a seed means the same run everywhere.
#pragma once

#include <cstdint>

#include "cose/key.h"

namespace xiaogate::simulation {

// An Ed25519 key whose secret is derived from `number`. For simulations only.
cose::PrivateKey key_number(std::uint64_t number);

}  // namespace xiaogate::simulation
