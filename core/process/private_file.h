// Small files with secrets in them: keys, a phone's credential.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"

namespace xiaogate::process {

// At most `limit` octets. Errors: "file.missing", "file.unreadable", "file.too_large", "file.io".
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

enum class IfThere { refuse, replace };

// Writes `text` so that it is on stable storage, complete or not at all, readable and writable by
// its owner alone (0600). Errors: "file.conflict" when it is there and must not be replaced,
// "file.missing" (the directory), "file.unreadable", "file.io".
Result<void> write_private_file(const std::filesystem::path& path, std::string_view text,
                                IfThere if_there);

}  // namespace xiaogate::process
