#include "store/database.h"

#include <sqlite3.h>

#include "store/connection.h"
#include "store/prepared.h"
#include "store/sqlite_error.h"

namespace xiaogate::store {

Error Database::Connection::last_error() const {
  return last_sqlite_error(handle(), subject);
}

Result<void> Database::Connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return std::unexpected(last_error());
}

Result<std::int64_t> Database::Connection::integer(const std::string& sql) {
  try {
    SQLite::Statement query(sqlite, sql);
    return query.executeStep() ? query.getColumn(0).getInt64() : 0;
  } catch (const SQLite::Exception& e) {
    return std::unexpected(sqlite_error(handle(), e, subject));
  }
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<void> Database::execute(std::string_view sql) {
  return connection_->execute(std::string(sql));
}

Result<Statement> Database::prepare(std::string_view sql) {
  try {
    return Statement(std::make_unique<Prepared>(
        Prepared{SQLite::Statement(connection_->sqlite, std::string(sql)), connection_->handle(),
                 connection_->subject}));
  } catch (const SQLite::Exception& e) {
    return std::unexpected(sqlite_error(connection_->handle(), e, connection_->subject));
  }
}

Result<void> Database::begin() {
  return connection_->execute("BEGIN IMMEDIATE");
}
Result<void> Database::commit() {
  return connection_->execute("COMMIT");
}

void Database::rollback() {
  // SQLite has rolled back by itself after some errors (full, I/O); then there is nothing to do.
  if (in_transaction()) sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(connection_->handle()) == 0;
}

Result<void> Database::set_synchronous(Synchronous synchronous) {
  if (connection_->synchronous == synchronous) return {};
  const bool full = synchronous == Synchronous::full;
  auto set = connection_->execute(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  if (set) connection_->synchronous = synchronous;
  return set;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(connection_->handle());
}

const std::filesystem::path& Database::path() const {
  return connection_->path;
}

}  // namespace xiaogate::store
