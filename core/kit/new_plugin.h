// A new plugin's folder from the template: it builds, and conforms.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace xiaogate::kit {

struct NewPlugin {
  std::string name;                   // of the plugin and its folder; a name (model/id.h)
  std::string interface = "gate";     // one of template_interfaces()
  std::string language = "c++";       // "c++" or "c"
  std::filesystem::path parent = "";  // where the folder is made; empty: here
};

// Makes the folder parent/name and returns its files in order. Complete or not at all.
// Error "plugin.invalid": every fault of the request, one a line; "file.conflict": the folder is
// there already; "file.io".
Result<std::vector<std::filesystem::path>> make_plugin(const NewPlugin& request);

// One file of core/kit/template, and its text.
struct TemplateFile {
  std::string_view path;
  std::string_view text;
};
std::vector<TemplateFile> template_files();

}  // namespace xiaogate::kit
