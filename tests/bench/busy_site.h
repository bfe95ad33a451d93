// A scan at a site whose other devices talk all the time, beside the same site when they are quiet.
#pragma once

#include <cstddef>
#include <filesystem>

#include "model/json.h"

namespace xiaogate::bench {

struct BusyAmounts {
  std::size_t devices = 500;
  std::size_t rate = 10;     // messages a second of each
  std::size_t scans = 1000;  // at 20 a second, quiet and busy
};

// {"quiet": figures, "busy": figures, "processor": {"<program>": part of one processor, ...}}; the
// figures in microseconds from scan to open. Throws std::runtime_error.
Json busy_site(const std::filesystem::path& bin, const BusyAmounts& amounts);

}  // namespace xiaogate::bench
