// Exponential back-off with jitter. A value; lives on one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "model/time.h"

namespace xiaogate::links {

class Backoff {
 public:
  // REQUIRES: 0 < least <= most. The same seed gives the same delays; give each gateway another
  // one, so that they do not all come back to a restarted broker in the same instant.
  Backoff(Millis least, Millis most, std::uint64_t seed)
      : least_(least), most_(most), ceiling_(least), random_(seed) {}

  // How long to wait before the next attempt: between half of the ceiling and the ceiling, which
  // starts at `least` and doubles up to `most`.
  Millis next() {
    std::uniform_int_distribution<Millis::rep> pick(ceiling_.count() / 2, ceiling_.count());
    const Millis delay{pick(random_)};
    ceiling_ = std::min(ceiling_ * 2, most_);
    return delay;
  }

  void reset() { ceiling_ = least_; }

 private:
  Millis least_;
  Millis most_;
  Millis ceiling_;
  std::mt19937_64 random_;
};

}  // namespace xiaogate::links
