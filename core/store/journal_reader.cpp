#include "store/journal_reader.h"

#include <algorithm>
#include <array>

#include "site/chain.h"

namespace xiaogate::store {
namespace {

constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE record(
  seq  INTEGER PRIMARY KEY CHECK(seq > 0),
  time INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  prev BLOB NOT NULL CHECK(length(prev) = 32),
  hash BLOB NOT NULL CHECK(length(hash) = 32)
) STRICT;
CREATE TABLE acknowledged(
  one     INTEGER PRIMARY KEY CHECK(one = 1),
  through INTEGER NOT NULL
) STRICT;
INSERT INTO acknowledged VALUES(1, 0);
CREATE TABLE plugin_state(
  plugin TEXT NOT NULL,
  key    TEXT NOT NULL,
  value  BLOB NOT NULL,
  PRIMARY KEY(plugin, key)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::uint32_t kApplicationId = 0x58476A6E;  // "XGjn"

constexpr std::size_t kLookBack = 4096;
constexpr std::size_t kVerifyStep = 4096;

Digest digest(ByteView octets) {
  Digest result{};
  std::copy_n(octets.begin(), std::min(octets.size(), result.size()), result.begin());
  return result;
}

WallTime wall_time(std::int64_t ms) {
  return WallTime(Millis(ms));
}

// Columns: seq, time, kind, body, prev, hash.
Record record_of(const Rows& row) {
  return {.seq = static_cast<std::uint64_t>(row.integer(0)),
          .time = wall_time(row.integer(1)),
          .kind = row.text(2),
          .body = row.text(3),
          .prev = digest(row.view(4)),
          .hash = digest(row.view(5))};
}

}  // namespace

const Schema& journal_schema() {
  static const Schema schema{
      .what = "the journal", .application_id = kApplicationId, .migrations = {kVersion1}};
  return schema;
}

Result<JournalReader> JournalReader::open(const std::filesystem::path& path) {
  auto database = Database::open(path, journal_schema(), {.read_only = true, .cache_kib = 512});
  if (!database) return std::unexpected(database.error());
  return over(std::move(*database));
}

Result<JournalReader> JournalReader::over(Database database) {
  constexpr std::array<std::string_view, 6> kSql{
      "SELECT seq, hash, time FROM record ORDER BY seq DESC LIMIT 1",
      "SELECT seq FROM record ORDER BY seq LIMIT 1",
      "SELECT through FROM acknowledged",
      "SELECT seq, time, kind, body, prev, hash FROM record WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
      "SELECT seq, time, kind, body, prev, hash FROM record ORDER BY seq DESC",
      "SELECT key, value FROM plugin_state WHERE plugin = ?1"};
  std::vector<Statement> made;
  for (const std::string_view sql : kSql) {
    auto statement = database.prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    made.push_back(std::move(*statement));
  }
  return JournalReader(std::move(database), std::move(made[0]), std::move(made[1]),
                       std::move(made[2]), std::move(made[3]), std::move(made[4]),
                       std::move(made[5]));
}

JournalReader::JournalReader(Database database, Statement head, Statement first,
                             Statement acknowledged, Statement range, Statement backwards,
                             Statement state)
    : database_(std::move(database)),
      head_(std::move(head)),
      first_(std::move(first)),
      acknowledged_(std::move(acknowledged)),
      range_(std::move(range)),
      backwards_(std::move(backwards)),
      state_(std::move(state)) {}

Result<JournalStatus> JournalReader::status() {
  JournalStatus status;
  Rows first = first_.query({});
  auto found = first.next();
  if (!found) return std::unexpected(found.error());
  // The open row holds the read view, so that the three answers belong together.
  if (*found) status.first = static_cast<std::uint64_t>(first.integer(0));
  Rows head = head_.query({});
  found = head.next();
  if (!found) return std::unexpected(found.error());
  if (*found) {
    status.head = static_cast<std::uint64_t>(head.integer(0));
    status.head_hash = digest(head.view(1));
    status.head_time = wall_time(head.integer(2));
  }
  Rows acknowledged = acknowledged_.query({});
  found = acknowledged.next();
  if (!found) return std::unexpected(found.error());
  if (*found) status.acknowledged = static_cast<std::uint64_t>(acknowledged.integer(0));
  return status;
}

Result<std::vector<Record>> JournalReader::records(std::uint64_t first, std::size_t limit) {
  constexpr std::uint64_t kMost = INT64_MAX;
  std::vector<Record> records;
  if (first > kMost) return records;
  Rows rows = range_.query({static_cast<std::int64_t>(first),
                            static_cast<std::int64_t>(std::min<std::uint64_t>(limit, kMost))});
  while (true) {
    auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return records;
    records.push_back(record_of(rows));
  }
}

Result<std::vector<Record>> JournalReader::recent(WallTime since) {
  std::vector<Record> records;
  std::size_t wanted = 0;  // as many of them as reach back to the oldest recent one
  std::size_t older_in_a_row = 0;
  Rows rows = backwards_.query({});
  while (older_in_a_row < kLookBack) {
    auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    records.push_back(record_of(rows));
    if (records.back().time < since) {
      ++older_in_a_row;
    } else {
      older_in_a_row = 0;
      wanted = records.size();
    }
  }
  records.resize(wanted);
  std::ranges::reverse(records);
  return records;
}

Result<std::map<std::string, std::map<std::string, std::size_t>>>
JournalReader::plugin_state_sizes() {
  // Asked once a run, so nothing is kept of it.
  auto statement =
      database_.prepare("SELECT plugin, key, length(value) FROM plugin_state WHERE plugin <> ''");
  if (!statement) return std::unexpected(statement.error());
  std::map<std::string, std::map<std::string, std::size_t>> sizes;
  Rows rows = statement->query({});
  while (true) {
    auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return sizes;
    sizes[std::string(rows.text(0))][std::string(rows.text(1))] =
        static_cast<std::size_t>(rows.integer(2));
  }
}

Result<PluginState> JournalReader::plugin_state(std::string_view plugin) {
  PluginState state;
  Rows rows = state_.query({plugin});
  while (true) {
    auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return state;
    state.emplace(rows.text(0), as_text(rows.view(1)));
  }
}

Result<std::uint64_t> JournalReader::verify() {
  std::uint64_t count = 0;
  std::uint64_t seq = 0;
  Digest hash{};
  while (true) {
    auto records = this->records(seq + 1, kVerifyStep);
    if (!records) return std::unexpected(records.error());
    if (records->empty()) return count;
    for (const Record& record : *records) {
      // The oldest record kept vouches for its own predecessor, which may be gone.
      if (count == 0 && record.seq > 1) {
        seq = record.seq - 1;
        hash = record.prev;
      }
      if (auto link = site::check_link(seq, hash, record); !link) {
        return std::unexpected(link.error());
      }
      seq = record.seq;
      hash = record.hash;
      ++count;
    }
  }
}

}  // namespace xiaogate::store
