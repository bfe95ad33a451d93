// Reading the journal: by the gateway itself, and by the command line beside a running gateway.
// The file's format is docs/journal.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "model/plugin.h"
#include "model/record.h"
#include "model/result.h"
#include "store/database.h"

namespace xiaogate::store {

inline constexpr std::string_view kJournalFile = "journal.db";  // in the data directory

// What the file must be.
const Schema& journal_schema();

struct JournalStatus {
  std::uint64_t first = 0;  // sequence number of the oldest record kept; 0: none
  std::uint64_t head = 0;   // of the newest; 0: none
  Digest head_hash{};
  WallTime head_time{};
  std::uint64_t acknowledged = 0;  // durable at the hub up to here
};

// Lives on one thread.
class JournalReader {
 public:
  // The journal at `path` for reading only; a gateway may be writing to it meanwhile, and each call
  // sees what was committed by then. Errors: those of database.h.
  static Result<JournalReader> open(const std::filesystem::path& path);
  // Reads through a database that was opened with journal_schema().
  static Result<JournalReader> over(Database database);

  Result<JournalStatus> status();
  // At most `limit` records from sequence number `first` on, in order; fewer at the end.
  Result<std::vector<Record>> records(std::uint64_t first, std::size_t limit);
  // Every record from the oldest one with a time of `since` or later on, oldest first. Looks back
  // from the head until 4,096 records in a row are older, so a clock that once jumped hides nothing
  // recent; those in between are given as well, for they may say how what is recent ended.
  Result<std::vector<Record>> recent(WallTime since);
  // kSite stands for the site itself (site::PutSiteState); no plugin has that name.
  static constexpr std::string_view kSite{};
  Result<PluginState> plugin_state(std::string_view plugin);
  // How many octets every plugin's values have: what site::Recovered wants.
  Result<std::map<std::string, std::map<std::string, std::size_t>>> plugin_state_sizes();

  // Checks every link from the oldest record kept to the head and returns how many there are.
  // Errors: "journal.broken", naming the first record that does not fit; those of database.h.
  Result<std::uint64_t> verify();

  Database& database() { return database_; }

 private:
  JournalReader(Database database, Statement head, Statement first, Statement acknowledged,
                Statement range, Statement backwards, Statement state);

  Database database_;
  Statement head_;
  Statement first_;
  Statement acknowledged_;
  Statement range_;
  Statement backwards_;
  Statement state_;
};

}  // namespace xiaogate::store
