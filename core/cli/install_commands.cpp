// xiaogate plugin install, list, start: at a running gateway.

#include <chrono>

#include "cli/admin_call.h"
#include "cli/plugin_commands.h"
#include "host/package.h"
#include "process/exit_code.h"
#include "process/private_file.h"

namespace xiaogate::cli {
namespace {

// The gateway waits for calls under way before a new version takes over.
constexpr std::chrono::seconds kInstallTime{60};

}  // namespace

int install_plugin(const Output& output, const InstallArguments& arguments) {
  const auto package = process::read_file(arguments.package, host::kMaxPackage);
  if (!package) return output.fail(package.error());
  const auto answer = admin_call(arguments.socket, "POST", "/v1/plugins", *package, kInstallTime);
  if (!answer) return output.fail(answer.error());
  const bool runs = answer->value("running", false);
  output.print(*answer, say(output.language, runs ? Text::plugin_installed : Text::plugin_kept,
                            {shown(*answer, "plugin"), shown(*answer, "version")}));
  return process::kExitOk;
}

int list_plugins(const Output& output, const std::string& socket) {
  const auto answer = admin_call(socket, "GET", "/v1/plugins");
  if (!answer) return output.fail(answer.error());
  const auto plugins = answer->find("plugins");
  if (plugins == answer->end() || !plugins->is_array()) {
    return output.fail({"admin.malformed", "the gateway's answer has no plugins"});
  }
  std::string text;
  for (const Json& plugin : *plugins) {
    text += (text.empty() ? "" : "\n") + shown(plugin, "name") + "  " + shown(plugin, "version") +
            "  " + say_word(output.language, shown(plugin, "state"));
  }
  output.print(*answer, text.empty() ? say(output.language, Text::status_none) : text);
  return process::kExitOk;
}

int start_plugin(const Output& output, const std::string& socket, const std::string& plugin) {
  const auto answer = admin_call(socket, "POST", "/v1/plugins/" + plugin + "/start");
  if (!answer) return output.fail(answer.error());
  output.print(*answer, say(output.language, Text::plugin_started, {plugin}));
  return process::kExitOk;
}

}  // namespace xiaogate::cli
