#include <system_error>

#include "hub/hub.h"
#include "hub/hub_database.h"
#include "process/private_file.h"

namespace xiaogate::hub {
namespace {

namespace fs = std::filesystem;

Result<void> make_directory(const fs::path& directory) {
  std::error_code error;
  if (fs::is_directory(directory, error)) return {};
  fs::create_directories(directory, error);
  if (error) {
    return failure("hub.invalid", "cannot make " + directory.string() + ": " + error.message());
  }
  fs::permissions(directory, fs::perms::owner_all, error);
  return {};
}

}  // namespace

Result<void> init_hub(const fs::path& directory, const std::string& region, Algorithm algorithm) {
  if (!is_name(region)) {
    return failure("hub.invalid", "region \"" + printable(region) +
                                      "\": must be 1 to 32 of a-z, 0-9, _ and -, beginning with a "
                                      "letter or digit");
  }
  if (auto made = make_directory(directory); !made) return made;
  for (const std::string_view name : {kIssuerKeyFile, kFeedKeyFile, kHubFile, kTrustFile}) {
    std::error_code error;
    if (fs::exists(directory / name, error)) {
      return failure("hub.conflict", (directory / name).string() +
                                         " is there already. Serve that hub, or give an empty "
                                         "directory for a new one.");
    }
  }
  const auto issuer = make_key_file(directory / kIssuerKeyFile, algorithm);
  if (!issuer) return std::unexpected(issuer.error());
  const auto feed = make_key_file(directory / kFeedKeyFile, algorithm);
  if (!feed) return std::unexpected(feed.error());
  const auto database = create_hub_database(directory / kHubFile, region);
  if (!database) return std::unexpected(database.error());
  const std::string trust = trust_list(*issuer, *feed).dump(2) + "\n";
  return process::write_private_file(directory / kTrustFile, trust, process::IfThere::refuse);
}

}  // namespace xiaogate::hub
