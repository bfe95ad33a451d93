// The conformance kit: what a plugin must show before it drives a gate. Runs the plugin in its real
// process, so that one that crashes is a finding.
//
// Blocks for the whole run: some seconds quick, well under a minute in full. One thread. Without
// network and without writing a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "kit/report.h"

namespace xiaogate::kit {

struct ConformanceOptions {
  std::filesystem::path folder;      // the plugin's: library, manifest, recordings
  std::filesystem::path recordings;  // empty: folder/recordings
  std::string runner;                // path of xiaogate-plugin-host
  std::uint64_t seed = 1;            // of the random inputs; the same seed, the same inputs
  bool quick = false;                // a twentieth of the random inputs: for a build
};

// Every check that can run; a folder without a manifest leaves the rest with ran == false.
Report run_conformance(const ConformanceOptions& options);

}  // namespace xiaogate::kit
