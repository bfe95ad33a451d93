// One SQLite file: opened with suspicion, migrated by number, spoken to in prepared statements.
//
//   Result<Database> db = Database::open(path, {"the hub's register", 0x58676875, kMigrations});
//   Result<Statement> add = db->prepare("INSERT INTO rider(id, name) VALUES(?1, ?2)");
//   Transaction turn(*db);
//   ... turn.begin(), add->run({id, name}), turn.commit() ...
//
// A database and its statements live on one thread. Statements, rows and transactions borrow the
// database and must not outlive it. SQLite itself stays behind this header.
//
// Error codes of this room:
//   store.missing     the file or its directory is not there
//   store.unreadable  no permission, or no regular file
//   store.foreign     not a SQLite database, or another program's
//   store.too_new     written by a newer version of this program
//   store.too_old     needs a migration and was opened for reading only
//   store.damaged     its content contradicts itself
//   store.locked      another process holds it
//   store.full        no room on the disk, in the quota or under the size limit
//   store.io          the disk failed otherwise
//   store.constraint  a row contradicts the schema (duplicate key, missing reference)
//   store.invalid     wrong SQL or wrong use: a defect of the caller
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/bytes.h"
#include "model/result.h"

namespace xiaogate::store {

struct Prepared;  // SQLite's statement, behind this header

// What a file must be. `migrations[n]` is SQL that takes user_version n to n + 1, each in one
// transaction of its own; their count is the version that this program writes. Published
// migrations are never edited, only added to.
struct Schema {
  std::string_view what;             // "the journal": for sentences
  std::uint32_t application_id = 0;  // four letters in the file's header; never 0
  std::vector<std::string_view> migrations;
};

struct OpenOptions {
  bool read_only = false;  // beside another process that writes, or of a file at rest
  bool create = true;      // when missing; never when read_only
  bool check = false;      // read every page for consistency first (about 1 s for 300 MiB)
  int cache_kib = 2048;    // SQLite's page cache; the file is never mapped into memory
};

// What a commit means from now on: `full` is on stable storage when it returns, `normal` survives a
// crash of the process, and a power cut may take it with everything after it.
enum class Synchronous { normal, full };

// A value to bind: null, integer, text or blob. Text and blobs are borrowed for the call.
using Value = std::variant<std::monostate, std::int64_t, std::string_view, ByteView>;

// The rows of one execution, from the first on. Holds a read view of the file while it lives.
class Rows {
 public:
  explicit Rows(Result<Prepared*> started) : statement_(std::move(started)) {}
  Rows(Rows&& other) noexcept;
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  // Moves to the next row; false after the last one. Errors of binding come here as well.
  Result<bool> next();

  // Columns of the current row, from 0 on. REQUIRES: next() returned true.
  std::int64_t integer(int column) const;
  std::string text(int column) const;
  Bytes blob(int column) const;
  // The octets of a blob without a copy, until the next call of next().
  ByteView view(int column) const;
  bool is_null(int column) const;

 private:
  Result<Prepared*> statement_;  // null once moved from or at the end
};

class Statement {
 public:
  explicit Statement(std::unique_ptr<Prepared> prepared);
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  // Runs it to its end with ?1, ?2, ... bound to `values`.
  Result<void> run(std::initializer_list<Value> values);
  // Starts it and gives its rows. REQUIRES: earlier rows of this statement are gone.
  Rows query(std::initializer_list<Value> values);

 private:
  Result<Prepared*> start(std::initializer_list<Value> values);

  std::unique_ptr<Prepared> prepared_;
};

class Database {
 public:
  struct Connection;  // SQLite's connection, behind this header

  // Opens `path`, makes it when it is missing, and brings it to the schema's version. A file that
  // is refused is left as it was, octet for octet. Creation is atomic: the file appears complete.
  static Result<Database> open(const std::filesystem::path& path, const Schema& schema,
                               const OpenOptions& options = {});

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // One statement or more, without values and without rows.
  Result<void> execute(std::string_view sql);
  Result<Statement> prepare(std::string_view sql);

  // A write transaction; `begin` takes the write lock at once.
  Result<void> begin();
  Result<void> commit();
  // After it nothing is pending, whatever failed before.
  void rollback();
  bool in_transaction() const;

  // REQUIRES: not in a transaction. Costs nothing when it changes nothing.
  Result<void> set_synchronous(Synchronous synchronous);

  // Rows changed by the last statement that ran.
  std::int64_t changes() const;
  const std::filesystem::path& path() const;

 private:
  explicit Database(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

// A write transaction that is rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (database_.in_transaction()) database_.rollback();
  }

  Result<void> begin() { return database_.begin(); }
  Result<void> commit() { return database_.commit(); }

 private:
  Database& database_;
};

}  // namespace xiaogate::store
