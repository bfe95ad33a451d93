// The one source of chance in a simulation. The same seed gives the same numbers on every machine
// (the distributions of the standard library do not promise that).
#pragma once

#include <cstdint>
#include <random>

#include "model/time.h"

namespace xiaogate::simulation {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // 0 to bound - 1.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool percent(std::uint64_t chance) { return below(100) < chance; }
  Millis between(std::int64_t least, std::int64_t most) {
    return Millis(least +
                  static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1))));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace xiaogate::simulation
