// xiaogate plugin: for the vendor of a device. Every function returns the exit code.
#pragma once

#include <cstdint>
#include <string>

#include "cli/output.h"

namespace xiaogate::cli {

struct NewPluginArguments {
  std::string name;
  std::string interface = "gate";
  std::string language = "c++";
};

struct TestArguments {
  std::string folder;
  std::string recordings;  // empty: folder/recordings
  std::string runner;      // empty: where this program was installed or built
  std::string junit;       // file to write; empty: none
  std::int64_t seed = 1;
  bool quick = false;
};

int new_plugin(const Output& output, const NewPluginArguments& arguments);

// kExitFailed when the plugin does not conform.
int test_plugin(const Output& output, const TestArguments& arguments);

// The program xiaogate-plugin-host that belongs to this one: `given`, or beside it, or in
// ../lib/xiaogate. The first of these when there is none, so that the error names a path.
std::string runner_path(const std::string& given);

}  // namespace xiaogate::cli
