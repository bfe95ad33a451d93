#include "kit/new_plugin.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <system_error>

#include "model/bytes.h"
#include "model/id.h"

namespace xiaogate::kit {
namespace {

namespace fs = std::filesystem;

// Folders of the template are "<interface>-<language>"; "all" holds what every plugin gets.
std::vector<std::string> folders() {
  std::vector<std::string> names;
  for (const auto& file : template_files()) {
    std::string name(file.path.substr(0, file.path.find('/')));
    if (name != "all" && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

Result<void> check(const NewPlugin& request) {
  std::string faults;
  const auto fault = [&](const std::string& what) {
    faults += (faults.empty() ? "" : "\n") + what;
  };
  if (!is_name(request.name)) {
    fault(
        "the name must be 1 to 32 of a-z, 0-9, '-' and '_' and begin with a letter or digit, "
        "not '" +
        printable(request.name, 40) + "'");
  }
  const auto known = folders();
  const std::string wanted = request.interface + "-" + request.language;
  if (std::ranges::find(known, wanted) == known.end()) {
    std::string list;
    for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
    fault("there is no template for interface " + printable(request.interface, 40) + " in " +
          printable(request.language, 10) + "; templates here: " + list);
  }
  if (!faults.empty()) return failure("plugin.invalid", std::move(faults));
  return {};
}

std::string_view text_of(const std::string& path) {
  for (const auto& file : template_files()) {
    if (file.path == path) return file.text;
  }
  return {};
}

std::string filled(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), value);
      at += value.size();
    }
  }
  return text;
}

std::string without_line_feed(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

// Path in the new folder and text.
std::map<fs::path, std::string> contents(const NewPlugin& request) {
  const std::string folder = request.interface + "-" + request.language + "/";
  const std::string suffix = request.language == "c" ? ".c" : ".cpp";
  std::map<std::string, std::string> values{{"@name@", request.name},
                                            {"@interface@", request.interface}};
  const auto fill = [&](const std::string& path) {
    return filled(std::string(text_of(path)), values);
  };
  std::map<fs::path, std::string> files{
      {".gitignore", fill("all/.gitignore")},
      {"CMakeLists.txt", fill("all/CMakeLists.txt." + request.language)},
      {"manifest.json", fill(folder + "manifest.json")},
      {request.name + suffix, fill(folder + "plugin" + suffix + ".in")},
      {fs::path("recordings") / "first.jsonl", fill(folder + "recording.jsonl")}};
  values["@does@"] = without_line_feed(fill(folder + "does.md"));
  values["@options@"] = without_line_feed(fill(folder + "options.json"));
  files["README.md"] = fill("all/README.md");
  return files;
}

}  // namespace

Result<std::vector<fs::path>> make_plugin(const NewPlugin& request) {
  if (auto sound = check(request); !sound) return std::unexpected(sound.error());
  const fs::path folder = request.parent / request.name;
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error))) {
    return failure("file.conflict", folder.string() + " is there already; choose another name");
  }
  // Beside it first, so that a disk that runs full leaves no half of a folder.
  const fs::path fresh = request.parent / ("." + request.name + ".new");
  fs::remove_all(fresh, error);
  std::vector<fs::path> made;
  for (const auto& [path, text] : contents(request)) {
    fs::create_directories((fresh / path).parent_path(), error);
    std::ofstream out(fresh / path, std::ios::binary);
    out << text;
    out.close();
    if (!out) {
      fs::remove_all(fresh, error);
      return failure("file.io", "cannot write " + (folder / path).string() +
                                    "; is the directory writable and the disk not full?");
    }
    made.push_back(folder / path);
  }
  fs::rename(fresh, folder, error);
  if (error) return failure("file.io", folder.string() + ": " + error.message());
  return made;
}

}  // namespace xiaogate::kit
