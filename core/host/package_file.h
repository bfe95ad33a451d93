// Files of a package on disk.
#pragma once

#include <filesystem>

#include "model/bytes.h"
#include "model/result.h"

namespace xiaogate::host {

// A regular file, no link, of at most `limit` octets. Errors: "package.altered" (it is not there or
// no such file), "file.io".
Result<Bytes> read_package_file(const std::filesystem::path& path, std::size_t limit);

// A new file of mode 0644, on stable storage. Error "file.io".
Result<void> write_package_file(const std::filesystem::path& path, ByteView octets);

// Makes what was written or renamed in `folder` stable. Error "file.io".
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace xiaogate::host
