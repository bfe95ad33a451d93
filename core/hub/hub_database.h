// The hub's one SQLite file. Its tables are read and written by Register and Intake.
#pragma once

#include <filesystem>
#include <string_view>

#include "store/database.h"

namespace xiaogate::hub {

inline constexpr std::string_view kHubFile = "hub.db";

// For an existing file; errors as in store/database.h.
Result<store::Database> open_hub_database(const std::filesystem::path& path);

// Makes the file; the hub serves `region` from then on.
Result<store::Database> create_hub_database(const std::filesystem::path& path,
                                            std::string_view region);

Result<std::string> region_of(store::Database& database);

}  // namespace xiaogate::hub
