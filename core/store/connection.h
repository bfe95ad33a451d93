// One open SQLite connection. Internal to store/: shows SQLite.
#pragma once

#include <memory>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

#include "store/database.h"

struct sqlite3;

namespace xiaogate::store {

struct Database::Connection {
  Connection(const std::filesystem::path& file, std::string spoken, int flags)
      : path(file), subject(std::move(spoken)), sqlite(file.string(), flags) {}

  sqlite3* handle() const { return sqlite.getHandle(); }
  Error last_error() const;

  // Statements without rows of interest.
  Result<void> execute(const std::string& sql);
  // The first column of the first row; 0 when there is none.
  Result<std::int64_t> integer(const std::string& sql);

  std::filesystem::path path;
  std::string subject;  // "the journal (/var/lib/xiaogate/journal.db)"
  SQLite::Database sqlite;
  std::optional<Synchronous> synchronous;
};

}  // namespace xiaogate::store
