// A scan at a site that has hostile plugins for neighbours (tests/host/hostile), beside the same
// site while nobody provokes them.
#pragma once

#include <cstddef>
#include <filesystem>

#include "model/json.h"

namespace xiaogate::bench {

struct HostileAmounts {
  std::size_t scans = 1000;  // at 20 a second, undisturbed and beside each offence
};

// {"undisturbed": figures, "beside": {"<plugin>": figures, ...},
//  "plugin_private_kib": {"<plugin>": ...}}; the figures in microseconds from scan to open, the
// memory as /proc has it of idle processes (Private_Clean + Private_Dirty). Throws
// std::runtime_error.
Json hostile_site(const std::filesystem::path& bin, const HostileAmounts& amounts);

}  // namespace xiaogate::bench
