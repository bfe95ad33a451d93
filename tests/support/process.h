// A child process of a test.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/wait.h"

namespace xiaogate::test {

struct ProcessOptions {
  std::vector<std::string> arguments;      // the program first: a path, or a name looked up in PATH
  std::vector<std::string> environment{};  // "NAME=value", added to that of the test
  std::filesystem::path output{};          // where stdout and stderr are appended; empty: /dev/null
  std::filesystem::path directory{};       // to run in; empty: that of the test
};

// Killed with the object, and by the kernel if the test itself dies (even by SIGKILL).
// The kernel ties that to the thread which made the object: make it on one that lives as long.
class Process {
 public:
  // Throws std::runtime_error if the program cannot be started.
  explicit Process(ProcessOptions options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;  // does nothing once the process has been waited for
  // The exit code, or 128 + the number of the signal that ended it; nothing after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit = kPatience);
  bool running() { return !wait(std::chrono::milliseconds{0}); }
  // SIGTERM, wait, SIGKILL after `limit`. Returns what wait() would.
  int stop(std::chrono::milliseconds limit = kPatience);

  // All output so far; empty without an output file.
  std::string output() const;
  const std::filesystem::path& output_path() const { return output_; }

 private:
  std::filesystem::path output_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace xiaogate::test
