// SQLite's complaints in the words of this room. Internal to store/: shows SQLite.
#pragma once

#include <string>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>

#include "model/result.h"

struct sqlite3;

namespace xiaogate::store {

// `subject` names the file: "the journal (/var/lib/xiaogate/journal.db)".
Error sqlite_error(sqlite3* connection, int code, std::string_view message,
                   std::string_view subject);
Error sqlite_error(sqlite3* connection, const SQLite::Exception& e, std::string_view subject);
// The connection's last failure.
Error last_sqlite_error(sqlite3* connection, std::string_view subject);

}  // namespace xiaogate::store
