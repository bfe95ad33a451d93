#include "hub/register.h"

#include <algorithm>

#include "cose/digest.h"
#include "cose/sign1.h"
#include "site/feed_change.h"
#include "site/feed_follower.h"

namespace xiaogate::hub {
namespace {

constexpr std::string_view kColumns =
    "SELECT number, id, subject, key, not_before, expires, scope, issued, status, reason "
    "FROM credential ";

bool is_digit_or(char c, bool upper, std::string_view others) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (upper && c >= 'A' && c <= 'Z') ||
         others.contains(c);
}

std::int64_t millis(WallTime time) {
  return time.time_since_epoch().count();
}

std::string_view op_of(CredentialStatus status) {
  switch (status) {
    case CredentialStatus::active:
      return "restore";
    case CredentialStatus::suspended:
      return "suspend";
    case CredentialStatus::revoked:
      break;
  }
  return "revoke";
}

Error damaged(const std::string& what) {
  return {"store.damaged", "the hub's database: " + what + ". Bring back a copy of it."};
}

Result<Registered> read_row(const store::Rows& rows) {
  Registered found{.number = rows.integer(0),
                   .credential = {},
                   .status = static_cast<CredentialStatus>(rows.integer(8)),
                   .reason = rows.text(9),
                   .issued = rows.blob(7)};
  const auto id = CredentialId::from_bytes(rows.view(1));
  const auto key = cose::decode_public_key(rows.view(3));
  if (!id || !key) {
    return std::unexpected(damaged("credential number " + std::to_string(found.number)));
  }
  found.credential = {.id = *id,
                      .subject = rows.text(2),
                      .key = *key,
                      .not_before = WallTime(Millis(rows.integer(4))),
                      .expires = WallTime(Millis(rows.integer(5))),
                      .scope = rows.text(6)};
  return found;
}

// One row of a snapshot. Of a revoked credential only that is left to say.
Json snapshot_change(const Registered& row) {
  if (row.status == CredentialStatus::revoked) {
    return site::feed_change_json({.id = row.credential.id, .credential = {}, .status = row.status},
                                  "revoke");
  }
  return site::feed_change_json(
      {.id = row.credential.id, .credential = row.credential, .status = row.status}, "put");
}

}  // namespace

bool is_register_subject(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::ranges::all_of(text, [](char c) { return is_digit_or(c, true, "._:-"); });
}

bool is_register_scope(std::string_view text) {
  return !text.empty() && text.size() <= 128 && !text.starts_with(' ') && !text.ends_with(' ') &&
         !text.contains("  ") &&
         std::ranges::all_of(text, [](char c) { return is_digit_or(c, false, "._- "); });
}

Result<Register> Register::over(store::Database& database, std::string region,
                                const SigningKey& feed_key) {
  const std::string columns(kColumns);
  const std::string find = columns + "WHERE id = ?1";
  const std::string list = columns + "WHERE number > ?1 ORDER BY number LIMIT ?2";
  auto statements = Statements<Sql>::prepare(
      database, {{Sql::add,
                  "INSERT INTO credential(id, subject, key, not_before, expires, scope, issued, "
                  "status, reason, changed) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, '', ?8)"},
                 {Sql::set_status,
                  "UPDATE credential SET status = ?2, reason = ?3, changed = ?4 "
                  "WHERE id = ?1"},
                 {Sql::find, find},
                 {Sql::list, list},
                 {Sql::count, "SELECT status, count(*) FROM credential GROUP BY status"},
                 {Sql::size, "SELECT max(number) FROM credential"},
                 {Sql::head, "SELECT seq, hash FROM batch ORDER BY seq DESC LIMIT 1"},
                 {Sql::newest, "SELECT seq, message FROM batch ORDER BY seq DESC LIMIT 1"},
                 {Sql::messages, "SELECT message FROM batch WHERE seq > ?1 ORDER BY seq LIMIT ?2"},
                 {Sql::add_batch,
                  "INSERT INTO batch(seq, at, credential, op, reason, hash, message) "
                  "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"}});
  if (!statements) return std::unexpected(statements.error());
  return Register(std::move(region), feed_key, std::move(*statements));
}

Result<Batch> Register::append(const FeedChange& change, std::string_view op,
                               std::string_view reason, WallTime now) {
  const auto before = head();
  if (!before) return std::unexpected(before.error());
  const std::string payload =
      batch_payload(region_, *before, Json::array({site::feed_change_json(change, op)}));
  auto message = feed_key_.sign(payload);
  if (!message) return std::unexpected(message.error());
  const Digest hash = cose::sha256({as_bytes(payload)});
  Batch batch{.seq = before->seq + 1, .message = std::move(*message)};
  auto added = sql_[Sql::add_batch].run({static_cast<std::int64_t>(batch.seq), millis(now),
                                         change.id.bytes(), op, reason, ByteView(hash),
                                         as_bytes(batch.message)});
  if (!added) return std::unexpected(added.error());
  return batch;
}

Result<Batch> Register::add(const Credential& credential, ByteView issued, WallTime now) {
  const Bytes key = cose::encode_public_key(credential.key);
  auto added =
      sql_[Sql::add].run({credential.id.bytes(), std::string_view(credential.subject),
                          ByteView(key), millis(credential.not_before), millis(credential.expires),
                          std::string_view(credential.scope), issued, millis(now)});
  if (!added) return std::unexpected(added.error());
  return append({.id = credential.id, .credential = credential}, "put", "", now);
}

Result<Batch> Register::set_status(const CredentialId& id, CredentialStatus status,
                                   std::string_view reason, WallTime now) {
  auto changed = sql_[Sql::set_status].run(
      {id.bytes(), static_cast<std::int64_t>(status), reason, millis(now)});
  if (!changed) return std::unexpected(changed.error());
  return append({.id = id, .credential = {}, .status = status}, op_of(status), reason, now);
}

Result<std::optional<Registered>> Register::find(const CredentialId& id) {
  store::Rows rows = sql_[Sql::find].query({id.bytes()});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<Registered>();
  auto found = read_row(rows);
  if (!found) return std::unexpected(found.error());
  return std::optional(std::move(*found));
}

Result<std::vector<Registered>> Register::list(std::int64_t after, std::size_t limit) {
  std::vector<Registered> found;
  store::Rows rows = sql_[Sql::list].query({after, static_cast<std::int64_t>(limit)});
  while (true) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    auto one = read_row(rows);
    if (!one) return std::unexpected(one.error());
    found.push_back(std::move(*one));
  }
}

Result<RegisterCounts> Register::count() {
  RegisterCounts counts;
  store::Rows rows = sql_[Sql::count].query({});
  while (true) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return counts;
    const auto how_many = static_cast<std::uint64_t>(rows.integer(1));
    switch (static_cast<CredentialStatus>(rows.integer(0))) {
      case CredentialStatus::active:
        counts.active = how_many;
        break;
      case CredentialStatus::suspended:
        counts.suspended = how_many;
        break;
      case CredentialStatus::revoked:
        counts.revoked = how_many;
        break;
    }
  }
}

Result<FeedHead> Register::head() {
  store::Rows rows = sql_[Sql::head].query({});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  FeedHead found;
  if (!*row) return found;
  found.seq = static_cast<std::uint64_t>(rows.integer(0));
  const ByteView hash = rows.view(1);
  if (hash.size() != found.hash.size()) return std::unexpected(damaged("a batch's hash"));
  std::ranges::copy(hash, found.hash.begin());
  return found;
}

Result<std::optional<Batch>> Register::newest_batch() {
  store::Rows rows = sql_[Sql::newest].query({});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<Batch>();
  return std::optional(Batch{.seq = static_cast<std::uint64_t>(rows.integer(0)),
                             .message = std::string(as_text(rows.view(1)))});
}

Result<Json> Register::changes_after(std::uint64_t from, std::size_t limit) {
  Json changes = Json::array();
  store::Rows rows = sql_[Sql::messages].query(
      {static_cast<std::int64_t>(from), static_cast<std::int64_t>(limit)});
  while (true) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return changes;
    const Bytes message = rows.blob(0);
    const auto envelope = cose::parse_sign1(message, site::FeedFollower::kMaxMessage);
    if (!envelope) return std::unexpected(damaged("a batch: " + envelope.error().text));
    const auto payload = parse_json(as_text(envelope->payload));
    if (!payload || !payload->is_object() || !payload->contains("changes")) {
      return std::unexpected(damaged("a batch without changes"));
    }
    for (const Json& change : payload->at("changes")) changes.push_back(change);
  }
}

Result<Json> Register::snapshot_after(std::int64_t after, std::size_t limit) {
  const auto rows = list(after, limit);
  if (!rows) return std::unexpected(rows.error());
  Json changes = Json::array();
  for (const Registered& row : *rows) changes.push_back(snapshot_change(row));
  return changes;
}

Result<std::int64_t> Register::size() {
  store::Rows rows = sql_[Sql::size].query({});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  return *row ? rows.integer(0) : 0;
}

}  // namespace xiaogate::hub
