// Where this machine keeps the time zones of the IANA data.
#pragma once

#include <filesystem>
#include <string>

#include "model/result.h"

namespace xiaogate::process {

// The TZif file of the time zone `name` ("Asia/Shanghai"), of Debian's package tzdata.
// Error: "zone.unknown", and the sentence says what to do.
Result<std::string> read_zone_file(const std::string& name);
// The same below another directory.
Result<std::string> read_zone_file_in(const std::filesystem::path& directory,
                                      const std::string& name);

}  // namespace xiaogate::process
