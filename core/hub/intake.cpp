#include "hub/intake.h"

#include <algorithm>

#include "site/chain.h"

namespace xiaogate::hub {
namespace {

std::int64_t millis(WallTime time) {
  return time.time_since_epoch().count();
}
WallTime wall(std::int64_t count) {
  return WallTime(Millis(count));
}
std::int64_t number(std::uint64_t seq) {
  return static_cast<std::int64_t>(seq);
}

Digest digest(ByteView octets) {
  Digest made{};
  std::ranges::copy(octets.first(std::min(octets.size(), made.size())), made.begin());
  return made;
}

}  // namespace

Result<Intake> Intake::over(store::Database& database) {
  auto statements = Statements<Sql>::prepare(
      database,
      {{Sql::find_gateway, "SELECT number FROM gateway WHERE id = ?1"},
       {Sql::add_gateway, "INSERT INTO gateway(id, seen) VALUES(?1, ?2) RETURNING number"},
       {Sql::seen, "UPDATE gateway SET seen = ?2 WHERE number = ?1"},
       {Sql::set_state, "UPDATE gateway SET state = ?2 WHERE number = ?1"},
       {Sql::head, "SELECT seq, hash FROM record WHERE gateway = ?1 ORDER BY seq DESC LIMIT 1"},
       {Sql::hashes,
        "SELECT seq, hash FROM record WHERE gateway = ?1 AND seq BETWEEN ?2 AND ?3 "
        "ORDER BY seq"},
       {Sql::add_record,
        "INSERT INTO record(gateway, seq, time, kind, body, hash) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
       {Sql::alarm,
        "INSERT INTO alarm(gateway, kind, seq, text, first_at, last_at, times) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?5, 1) ON CONFLICT(gateway, kind) "
        "DO UPDATE SET last_at = excluded.last_at, times = times + 1"},
       {Sql::gateways,
        "SELECT id, state, seen, (SELECT max(seq) FROM record "
        "WHERE gateway = number) FROM gateway ORDER BY id"},
       {Sql::alarms,
        "SELECT gateway.id, kind, seq, text, first_at, last_at, times FROM alarm "
        "JOIN gateway ON gateway.number = alarm.gateway ORDER BY first_at"},
       {Sql::records,
        "SELECT seq, time, kind, body, hash FROM record "
        "WHERE gateway = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3"}});
  if (!statements) return std::unexpected(statements.error());
  return Intake(std::move(*statements));
}

Result<std::optional<std::int64_t>> Intake::find(const std::string& gateway) {
  store::Rows rows = sql_[Sql::find_gateway].query({std::string_view(gateway)});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<std::int64_t>();
  return std::optional(rows.integer(0));
}

Result<std::int64_t> Intake::number_of(const std::string& gateway, WallTime now) {
  const auto known = find(gateway);
  if (!known) return std::unexpected(known.error());
  if (*known) return **known;
  store::Rows rows = sql_[Sql::add_gateway].query({std::string_view(gateway), millis(now)});
  if (const auto row = rows.next(); !row) return std::unexpected(row.error());
  const std::int64_t made = rows.integer(0);
  if (const auto end = rows.next(); !end) return std::unexpected(end.error());
  return made;
}

Result<Intake::Head> Intake::head_of(std::int64_t gateway) {
  store::Rows rows = sql_[Sql::head].query({gateway});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return Head{};
  return Head{static_cast<std::uint64_t>(rows.integer(0)), digest(rows.view(1))};
}

// The hash covers everything else, so comparing hashes compares records, provided that the hash
// that came is the record's own.
Result<std::optional<Refusal>> Intake::compare_known(std::int64_t gateway,
                                                     std::span<const Record> records) {
  if (records.empty()) return std::optional<Refusal>();
  store::Rows rows =
      sql_[Sql::hashes].query({gateway, number(records.front().seq), number(records.back().seq)});
  for (const Record& record : records) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (*row && digest(rows.view(1)) == site::record_hash(record) &&
        record.hash == site::record_hash(record)) {
      continue;
    }
    return std::optional(Refusal{"conflict", record.seq,
                                 "record " + std::to_string(record.seq) +
                                     ": another one of that number was reported before"});
  }
  return std::optional<Refusal>();
}

Result<IntakeOutcome> Intake::report(const std::string& gateway, std::span<const Record> records,
                                     WallTime now) {
  const auto owner = number_of(gateway, now);
  if (!owner) return std::unexpected(owner.error());
  if (auto done = sql_[Sql::seen].run({*owner, millis(now)}); !done)
    return std::unexpected(done.error());
  const auto head = head_of(*owner);
  if (!head) return std::unexpected(head.error());

  IntakeOutcome outcome{.through = head->seq};
  if (records.front().seq > head->seq + 1) {
    outcome.gap = true;
    return outcome;
  }
  const auto known = static_cast<std::size_t>(
      std::min<std::uint64_t>(records.size(), head->seq + 1 - records.front().seq));
  auto conflict = compare_known(*owner, records.first(known));
  if (!conflict) return std::unexpected(conflict.error());
  outcome.refusal = std::move(*conflict);

  const auto fresh = records.subspan(known);
  Head before = *head;
  for (const Record& record : fresh) {
    if (outcome.refusal) return outcome;
    const auto fits = site::check_link(before.seq, before.hash, record);
    if (!fits) outcome.refusal = Refusal{"broken_chain", record.seq, fits.error().text};
    before = {record.seq, record.hash};
  }
  if (outcome.refusal) return outcome;

  for (const Record& record : fresh) {
    auto added = sql_[Sql::add_record].run({*owner, number(record.seq), millis(record.time),
                                            std::string_view(record.kind),
                                            std::string_view(record.body), ByteView(record.hash)});
    if (!added) return std::unexpected(added.error());
  }
  outcome.added = fresh.size();
  outcome.through = before.seq;
  return outcome;
}

Result<void> Intake::state(const std::string& gateway, const std::string& state,
                           std::optional<WallTime> heard) {
  const auto owner = number_of(gateway, heard.value_or(WallTime()));
  if (!owner) return std::unexpected(owner.error());
  if (heard) {
    if (auto done = sql_[Sql::seen].run({*owner, millis(*heard)}); !done) return done;
  }
  return sql_[Sql::set_state].run({*owner, std::string_view(state)});
}

Result<void> Intake::alarm(const std::string& gateway, const Refusal& what, WallTime now) {
  const auto owner = number_of(gateway, now);
  if (!owner) return std::unexpected(owner.error());
  return sql_[Sql::alarm].run(
      {*owner, what.kind, number(what.seq), std::string_view(what.text), millis(now)});
}

Result<std::vector<GatewayRow>> Intake::gateways() {
  std::vector<GatewayRow> found;
  store::Rows rows = sql_[Sql::gateways].query({});
  while (true) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back({.id = rows.text(0),
                     .through = static_cast<std::uint64_t>(rows.integer(3)),
                     .state = rows.text(1),
                     .seen = wall(rows.integer(2))});
  }
}

Result<std::vector<AlarmRow>> Intake::alarms() {
  std::vector<AlarmRow> found;
  store::Rows rows = sql_[Sql::alarms].query({});
  while (true) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back({.gateway = rows.text(0),
                     .kind = rows.text(1),
                     .seq = static_cast<std::uint64_t>(rows.integer(2)),
                     .text = rows.text(3),
                     .first_at = wall(rows.integer(4)),
                     .last_at = wall(rows.integer(5)),
                     .times = static_cast<std::uint64_t>(rows.integer(6))});
  }
}

Result<std::optional<std::vector<Record>>> Intake::records(const std::string& gateway,
                                                           std::uint64_t first, std::size_t limit) {
  const auto owner = find(gateway);
  if (!owner) return std::unexpected(owner.error());
  if (!*owner) return std::optional<std::vector<Record>>();
  // One row earlier, for the first one's `prev`.
  const std::uint64_t from = std::max<std::uint64_t>(first, 1);
  store::Rows rows =
      sql_[Sql::records].query({**owner, number(from - 1), static_cast<std::int64_t>(limit) + 1});
  std::vector<Record> found;
  Digest before{};
  while (true) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row || found.size() == limit) return std::optional(std::move(found));
    Record record{.seq = static_cast<std::uint64_t>(rows.integer(0)),
                  .time = wall(rows.integer(1)),
                  .kind = rows.text(2),
                  .body = rows.text(3),
                  .prev = before,
                  .hash = digest(rows.view(4))};
    before = record.hash;
    if (record.seq >= from) found.push_back(std::move(record));
  }
}

}  // namespace xiaogate::hub
