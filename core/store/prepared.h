// A statement of SQLite and what its failures are told with. Internal to store/: shows SQLite.
#pragma once

#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

struct sqlite3;

namespace xiaogate::store {

struct Prepared {
  SQLite::Statement statement;
  sqlite3* connection;         // borrowed
  const std::string& subject;  // borrowed from the connection's owner
};

}  // namespace xiaogate::store
