#include "hub/hub_database.h"

namespace xiaogate::hub {
namespace {

// Times are milliseconds since 1970. `credential` keeps its rowid: snapshots are paged in the order
// of registration, which later registrations do not disturb. `record` holds a contiguous chain a
// gateway, so a record's `prev` is the hash of the row before it.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE hub(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  region TEXT NOT NULL) STRICT;
CREATE TABLE credential(
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 8),
  subject TEXT NOT NULL,
  key BLOB NOT NULL,
  not_before INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  scope TEXT NOT NULL,
  issued BLOB NOT NULL,
  status INTEGER NOT NULL,
  reason TEXT NOT NULL,
  changed INTEGER NOT NULL) STRICT;
CREATE TABLE batch(
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  credential BLOB NOT NULL,
  op TEXT NOT NULL,
  reason TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  message BLOB NOT NULL) STRICT;
CREATE TABLE gateway(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT '{}',
  seen INTEGER NOT NULL) STRICT;
CREATE TABLE record(
  gateway INTEGER NOT NULL REFERENCES gateway,
  seq INTEGER NOT NULL,
  time INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (gateway, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE alarm(
  gateway INTEGER NOT NULL REFERENCES gateway,
  kind TEXT NOT NULL,
  seq INTEGER NOT NULL,
  text TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (gateway, kind)) STRICT, WITHOUT ROWID;
)sql";

store::Schema schema() {
  return {.what = "the hub's database",
          .application_id = 0x58476862 /* XGhb */,
          .migrations = {kFirst}};
}

}  // namespace

Result<store::Database> open_hub_database(const std::filesystem::path& path) {
  return store::Database::open(path, schema(), {.create = false});
}

Result<store::Database> create_hub_database(const std::filesystem::path& path,
                                            std::string_view region) {
  auto database = store::Database::open(path, schema());
  if (!database) return database;
  auto insert = database->prepare("INSERT INTO hub(only, region) VALUES(1, ?1)");
  if (!insert) return std::unexpected(insert.error());
  if (auto done = insert->run({region}); !done) return std::unexpected(done.error());
  return database;
}

Result<std::string> region_of(store::Database& database) {
  auto select = database.prepare("SELECT region FROM hub");
  if (!select) return std::unexpected(select.error());
  store::Rows rows = select->query({});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) {
    return failure(
        "store.damaged",
        database.path().string() + ": it names no region. Make a new hub directory with init.");
  }
  return rows.text(0);
}

}  // namespace xiaogate::hub
