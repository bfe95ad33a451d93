#include "process/options.h"

#include <exception>
#include <iostream>
#include <memory>
#include <type_traits>

#include "process/exit_code.h"
#include <CLI/CLI.hpp>

namespace xiaogate::process {
namespace {

CLI::Option* declare_level(CLI::App& app, const Option& option, LogLevel& target) {
  CLI::Option* made = app.add_option_function<std::string>(
      option.names,
      [&target](const std::string& name) { target = parse_log_level(name).value_or(target); },
      option.help);
  made->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  made->default_str(std::string(to_string(target)));
  return made;
}

void declare(CLI::App& app, const Option& option) {
  CLI::Option* made = std::visit(
      [&](auto* target) -> CLI::Option* {
        using Value = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<Value, bool>) {
          return app.add_flag(option.names, *target, option.help);
        } else if constexpr (std::is_same_v<Value, LogLevel>) {
          return declare_level(app, option, *target);
        } else {
          return app.add_option(option.names, *target, option.help);
        }
      },
      option.target);
  if (std::holds_alternative<std::int64_t*>(option.target)) {
    made->type_name("NUMBER")->capture_default_str();
    made->check([least = option.least, most = option.most](const std::string& text) {
      std::int64_t value = 0;
      if (CLI::detail::lexical_cast(text, value) && value >= least && value <= most) {
        return std::string();
      }
      return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    });
  } else if (!std::holds_alternative<bool*>(option.target)) {
    made->type_name("TEXT");
    if (const auto* text = std::get_if<std::string*>(&option.target); text && !(*text)->empty()) {
      made->capture_default_str();
    }
  }
  if (!option.choices.empty()) made->check(CLI::IsMember(option.choices));
  if (option.required) made->required();
}

// Commands keep the order of their declaration; each leaves its `run` in `chosen` when named.
void declare(CLI::App& app, const Command& command, const Command*& chosen) {
  for (const Option& option : command.options) declare(app, option);
  for (const Command& child : command.commands) {
    CLI::App* sub = app.add_subcommand(child.name, child.help);
    declare(*sub, child, chosen);
    if (child.run) sub->callback([&child, &chosen] { chosen = &child; });
  }
  if (!command.run) app.require_subcommand(1);
}

int run_guarded(const Command& command, const std::string& program) {
  try {
    return command.run();
  } catch (const std::exception& e) {
    std::cerr << program << ": stopped by a defect: " << e.what()
              << ". Please report it with the log.\n";
    return kExitFailed;
  }
}

}  // namespace

int run_program(const Command& program, std::string_view version, int argc,
                const char* const* argv) {
  const Command* chosen = program.run ? &program : nullptr;
  CLI::App app(program.help, program.name);
  try {
    app.set_version_flag("--version", program.name + " " + std::string(version));
    declare(app, program, chosen);
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked, std::cout, std::cerr) == 0 ? kExitOk : kExitFailed;
  } catch (const CLI::ParseError& wrong) {
    const CLI::App* at = &app;
    std::string spoken = program.name;
    while (!at->get_subcommands().empty()) {
      at = at->get_subcommands().front();
      spoken += " " + at->get_name();
    }
    std::cerr << spoken << ": " << wrong.what() << ". Try '" << spoken << " --help'.\n";
    return kExitUsage;
  }
  return run_guarded(*chosen, program.name);
}

}  // namespace xiaogate::process
