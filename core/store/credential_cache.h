// What the hub's feed said of every credential. A copy: lost, it is built again from the feed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "model/credential.h"
#include "model/result.h"
#include "store/database.h"

namespace xiaogate::store {

inline constexpr std::string_view kCredentialFile = "credentials.db";  // in the data directory

struct CredentialCounts {
  std::uint64_t active = 0;
  std::uint64_t suspended = 0;
  std::uint64_t revoked = 0;
};

// Lives on one thread. Holds 2 MiB of pages whatever the number of credentials.
//
// How a change is applied, whatever the order of arrival:
//   put       credential and status as given; a revoked id stays revoked
//   status    of an unknown id: kept alone, until a put brings the credential
//   restore   active again, unless revoked
//   learn     adds the credential where none is known; changes no status
class CredentialCache {
 public:
  static Result<CredentialCache> open(const std::filesystem::path& path,
                                      const OpenOptions& options = {});

  Result<std::optional<CachedCredential>> find(const CredentialId& id);
  // Feed positions are per region; one region is followed at a time. An empty region: none yet.
  Result<FeedPosition> position();
  // Reads the whole file: for a person who asks, not for a turn.
  Result<CredentialCounts> count();

  // REQUIRES for all three: inside a transaction of database().
  Result<void> apply(std::span<const FeedChange> changes);
  Result<void> learn(const Credential& credential);
  Result<void> set_position(const FeedPosition& position);

  Database& database() { return database_; }

 private:
  CredentialCache(Database database, Statement find, Statement apply, Statement learn,
                  Statement set_position, Statement position);

  Database database_;
  Statement find_;
  Statement apply_;
  Statement learn_;
  Statement set_position_;
  Statement position_;
};

}  // namespace xiaogate::store
