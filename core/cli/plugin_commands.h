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

struct KeyArguments {
  std::string file;
  std::string name;  // of the vendor, in the trust list
};

struct PackArguments {
  std::string folder;
  std::string key;
  std::string package;
};

struct VerifyArguments {
  std::string package;
  std::string trust;
};

struct InstallArguments {
  std::string package;
  std::string socket;
};

int new_plugin(const Output& output, const NewPluginArguments& arguments);

// kExitFailed when the plugin does not conform.
int test_plugin(const Output& output, const TestArguments& arguments);

// Makes a key file (0600, never overwritten) and prints the entry for trust lists, JSON on one
// line.
int make_plugin_key(const Output& output, const KeyArguments& arguments);

int pack_plugin(const Output& output, const PackArguments& arguments);

int verify_package(const Output& output, const VerifyArguments& arguments);

// Each at the gateway that listens on the socket.
int install_plugin(const Output& output, const InstallArguments& arguments);
int list_plugins(const Output& output, const std::string& socket);
int start_plugin(const Output& output, const std::string& socket, const std::string& plugin);

// The program xiaogate-plugin-host that belongs to this one: `given`, or beside it, or in
// ../lib/xiaogate. The first of these when there is none, so that the error names a path.
std::string runner_path(const std::string& given);

}  // namespace xiaogate::cli
