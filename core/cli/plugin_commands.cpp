#include "cli/plugin_commands.h"

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "cli/plugin_report.h"
#include "kit/conformance.h"
#include "kit/new_plugin.h"
#include "process/exit_code.h"

namespace xiaogate::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRunner = "xiaogate-plugin-host";

}  // namespace

std::string runner_path(const std::string& given) {
  if (!given.empty()) return given;
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path beside = here / kRunner;
  const fs::path installed = here.parent_path() / "lib" / "xiaogate" / kRunner;
  for (const auto& path : {beside, installed}) {
    if (access(path.c_str(), X_OK) == 0) return path.string();
  }
  return beside.string();
}

int new_plugin(const Output& output, const NewPluginArguments& arguments) {
  const auto made = kit::make_plugin({.name = arguments.name,
                                      .interface = arguments.interface,
                                      .language = arguments.language,
                                      .parent = ""});
  if (!made) return output.fail(made.error());
  Json files = Json::array();
  std::string text = say(output.language, Text::plugin_made, {arguments.name});
  for (const auto& path : *made) {
    files.push_back(path.string());
    text += "\n  " + path.string();
  }
  output.print({{"plugin", arguments.name}, {"files", std::move(files)}}, text);
  return process::kExitOk;
}

int test_plugin(const Output& output, const TestArguments& arguments) {
  const auto report = kit::run_conformance({.folder = arguments.folder,
                                            .recordings = arguments.recordings,
                                            .runner = runner_path(arguments.runner),
                                            .seed = static_cast<std::uint64_t>(arguments.seed),
                                            .quick = arguments.quick});
  if (!arguments.junit.empty()) {
    std::ofstream out(arguments.junit, std::ios::binary);
    out << report_junit(output.language, report);
    out.close();
    if (!out) {
      return output.fail(
          {"file.io", say(output.language, Text::file_unwritable, {arguments.junit})});
    }
  }
  output.print(report_json(output.language, report), report_text(output.language, report));
  return report.conforms() ? process::kExitOk : process::kExitFailed;
}

}  // namespace xiaogate::cli
