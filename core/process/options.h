// A program's command line, declared as a value.
//
//   int main(int argc, char** argv) {
//     std::string config = "/etc/xiaogate/site.json";
//     LogLevel level = LogLevel::info;
//     return run_program({.name = "xiaogated",
//                         .help = "Opens the gate for riders, hub or no hub.",
//                         .options = {{"--config,-c", &config, "The site's configuration file."},
//                                     {"--log-level", &level, "What the log shows."}},
//                         .run = [&] { return serve(config, level); }},
//                        "0.1.0", argc, argv);
//   }
//
// Every program answers --help and --version; every command answers --help. What the user got wrong
// is told on stderr in one line with a pointer to --help, and the program ends with kExitUsage.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "process/logging.h"

namespace xiaogate::process {

// Where an option's value goes. What the variable holds before is the default and is shown in the
// help text. `bool` is a flag that takes no value; vectors take one value or
// more; LogLevel takes its name.
using OptionTarget =
    std::variant<bool*, std::int64_t*, std::string*, std::vector<std::string>*, LogLevel*>;

struct Option {
  // "--name", "--name,-n", or "name" without dashes for an argument by position.
  std::string names;
  OptionTarget target;  // borrowed until run_program returns
  std::string help{};   // one sentence that a user understands, with the unit
  bool required = false;
  std::vector<std::string> choices = {};                          // when not empty: one of these
  std::int64_t least = std::numeric_limits<std::int64_t>::min();  // for integers
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

// The program itself or one of its commands. Either it has commands, or it has `run`.
struct Command {
  std::string name;
  std::string help = {};
  std::vector<Option> options = {};
  std::vector<Command> commands = {};
  std::function<int()> run = {};  // returns the exit code; options are filled in by then
};

// Parses the command line, runs the command that it names and returns the exit code. An exception
// that leaves `run` is told on stderr as a defect of the program, with kExitFailed.
int run_program(const Command& program, std::string_view version, int argc,
                const char* const* argv);

}  // namespace xiaogate::process
