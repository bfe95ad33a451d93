// xiaogate-demo: one scan opens the gate, told in plain words on real parts.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>

#include "demo/stage.h"
#include "demo/story.h"
#include "process/exit_code.h"
#include "process/options.h"
#include "process/signals.h"

namespace {

using namespace xiaogate;

demo::Language language_of(const std::string& option) {
  std::string language = option;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (language.empty() && value != nullptr) language = value;
  }
  return language.starts_with("zh") ? demo::Language::chinese : demo::Language::english;
}

int tell(const std::string& root, bool once, demo::Language language) {
  auto signals = process::StopSignals::block();
  if (!signals) return process::kExitFailed;
  const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::unique_ptr<demo::Stage> stage;
  try {
    stage = std::make_unique<demo::Stage>(bin, root);
    demo::Story story(*stage, language);
    story.tell();
    if (once) return process::kExitOk;
    story.explain_by_hand();
    story.watch(signals->descriptor());
    return process::kExitOk;
  } catch (const std::exception& e) {
    if (signals->take()) return process::kExitFailed;
    std::fprintf(stderr, "\nThe demo failed: %s\n", e.what());
    if (stage) std::fprintf(stderr, "%s", stage->logs().c_str());
    return process::kExitFailed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string root = ".";
  std::string language;
  bool once = false;
  return process::run_program(
      {.name = "xiaogate-demo",
       .help = "Tells the story of a scan on real parts, with the measured times.",
       .options = {{"--once", &once, "End after the story."},
                   {"--root", &root, "The source tree."},
                   {"--lang", &language, "zh or en; by default as LANG says."}},
       .run = [&] { return tell(root, once, language_of(language)); }},
      "0.1.0", argc, argv);
}
