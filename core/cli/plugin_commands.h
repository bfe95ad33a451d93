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

struct RecordArguments {
  std::string plugin;     // folder or package
  std::string devices;    // file: see kit/recorded_devices.h
  std::string broker;     // empty: that of `devices`, or this machine's
  std::string recording;  // file to write; must not be there
  std::string runner;     // empty: where this program was installed or built
  bool drive = false;
  std::int64_t count = 0;    // 0: without end
  std::int64_t seconds = 0;  // 0: without end
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

// Records the plugin at a broker until a signal, a count or a time (live_recording.h) and writes
// the recording, whole or not at all and for its owner alone (0600): traffic may hold riders'
// codes. kExitFailed when nothing came, or when the plugin crashed; that is recorded all the same.
int record_plugin(const Output& output, const RecordArguments& arguments);

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
