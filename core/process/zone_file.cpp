#include "process/zone_file.h"

#include <algorithm>

#include "model/bytes.h"
#include "process/private_file.h"

namespace xiaogate::process {
namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 10U;

// Names lead below the directory and nowhere else.
bool is_zone_name(const std::string& name) {
  const auto belongs = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '/' &&
         std::ranges::all_of(name, belongs);
}

}  // namespace

Result<std::string> read_zone_file(const std::string& name) {
  return read_zone_file_in("/usr/share/zoneinfo", name);
}

Result<std::string> read_zone_file_in(const std::filesystem::path& directory,
                                      const std::string& name) {
  if (!is_zone_name(name)) {
    return failure("zone.unknown", "'" + printable(name, 64) +
                                       "' is no name of a time zone; use one like Asia/Shanghai");
  }
  auto file = read_file(directory / name, kMaxFile);
  if (file) return file;
  return failure("zone.unknown", "no time zone '" + name + "' here (" + file.error().text +
                                     "); check its name, or install tzdata");
}

}  // namespace xiaogate::process
