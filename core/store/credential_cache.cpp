#include "store/credential_cache.h"

#include <algorithm>
#include <array>
#include <vector>

namespace xiaogate::store {
namespace {

// The id is its eight octets read as a signed number with the first bit turned over, which keeps
// the order of the octets. Without a credential (only its status is known) the rest is null.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE credential(
  id         INTEGER PRIMARY KEY,
  status     INTEGER NOT NULL,
  algorithm  INTEGER,
  key        BLOB,
  subject    TEXT,
  not_before INTEGER,
  expires    INTEGER,
  scope      TEXT
) STRICT;
CREATE TABLE position(
  one    INTEGER PRIMARY KEY CHECK(one = 1),
  region TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  hash   BLOB NOT NULL
) STRICT;
)sql";

constexpr std::uint32_t kApplicationId = 0x58476363;  // "XGcc"

// 2 is `revoked`, which is final.
constexpr std::string_view kApply = R"sql(
INSERT INTO credential VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT(id) DO UPDATE SET
  status     = CASE status WHEN 2 THEN 2 ELSE excluded.status END,
  algorithm  = coalesce(excluded.algorithm, algorithm),
  key        = coalesce(excluded.key, key),
  subject    = coalesce(excluded.subject, subject),
  not_before = coalesce(excluded.not_before, not_before),
  expires    = coalesce(excluded.expires, expires),
  scope      = coalesce(excluded.scope, scope)
)sql";

constexpr std::string_view kLearn = R"sql(
INSERT INTO credential VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT(id) DO UPDATE SET
  algorithm  = excluded.algorithm,
  key        = excluded.key,
  subject    = excluded.subject,
  not_before = excluded.not_before,
  expires    = excluded.expires,
  scope      = excluded.scope
WHERE credential.key IS NULL
)sql";

constexpr std::string_view kFind =
    "SELECT status, algorithm, key, subject, not_before, expires, scope FROM credential "
    "WHERE id = ?1";

constexpr std::string_view kSetPosition =
    "INSERT INTO position VALUES(1, ?1, ?2, ?3) "
    "ON CONFLICT(one) DO UPDATE SET region = excluded.region, seq = excluded.seq, "
    "hash = excluded.hash";

std::int64_t key_of(const CredentialId& id) {
  return static_cast<std::int64_t>(id.number() ^ (1ULL << 63U));
}

// x alone for Ed25519, x and y for the others.
using KeyOctets = std::array<std::uint8_t, 64>;
std::size_t key_size(Algorithm algorithm) {
  return algorithm == Algorithm::ed25519 ? 32 : 64;
}

KeyOctets octets_of(const PublicKey& key) {
  KeyOctets octets{};
  std::ranges::copy(key.x, octets.begin());
  std::ranges::copy(key.y, octets.begin() + 32);
  return octets;
}

std::optional<PublicKey> key_from(std::int64_t algorithm, ByteView octets) {
  PublicKey key{.algorithm = static_cast<Algorithm>(algorithm)};
  if (to_string(key.algorithm) == "unknown" || octets.size() != key_size(key.algorithm)) {
    return std::nullopt;
  }
  std::ranges::copy(octets.first(32), key.x.begin());
  if (octets.size() == 64) std::ranges::copy(octets.last(32), key.y.begin());
  return key;
}

std::int64_t ms(WallTime time) {
  return time.time_since_epoch().count();
}
WallTime from_ms(std::int64_t count) {
  return WallTime(Millis(count));
}

Result<void> put(Statement& statement, const CredentialId& id, CredentialStatus status,
                 const std::optional<Credential>& credential) {
  const auto status_number = static_cast<std::int64_t>(status);
  if (!credential) {
    return statement.run({key_of(id), status_number, {}, {}, {}, {}, {}, {}});
  }
  const KeyOctets octets = octets_of(credential->key);
  const auto algorithm = credential->key.algorithm;
  return statement.run({key_of(id), status_number, static_cast<std::int64_t>(algorithm),
                        ByteView(octets).first(key_size(algorithm)), credential->subject,
                        ms(credential->not_before), ms(credential->expires), credential->scope});
}

}  // namespace

Result<CredentialCache> CredentialCache::open(const std::filesystem::path& path,
                                              const OpenOptions& options) {
  static const Schema schema{
      .what = "the credential cache", .application_id = kApplicationId, .migrations = {kVersion1}};
  auto database = Database::open(path, schema, options);
  if (!database) return std::unexpected(database.error());
  std::vector<Statement> made;
  for (const std::string_view sql : {kFind, kApply, kLearn, kSetPosition,
                                     std::string_view("SELECT region, seq, hash FROM position")}) {
    auto statement = database->prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    made.push_back(std::move(*statement));
  }
  return CredentialCache(std::move(*database), std::move(made[0]), std::move(made[1]),
                         std::move(made[2]), std::move(made[3]), std::move(made[4]));
}

CredentialCache::CredentialCache(Database database, Statement find, Statement apply,
                                 Statement learn, Statement set_position, Statement position)
    : database_(std::move(database)),
      find_(std::move(find)),
      apply_(std::move(apply)),
      learn_(std::move(learn)),
      set_position_(std::move(set_position)),
      position_(std::move(position)) {}

Result<std::optional<CachedCredential>> CredentialCache::find(const CredentialId& id) {
  Rows row = find_.query({key_of(id)});
  auto found = row.next();
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  const std::int64_t status = row.integer(0);
  CachedCredential cached{.status = static_cast<CredentialStatus>(status), .credential = {}};
  if (row.is_null(2)) return cached;
  const auto key = key_from(row.integer(1), row.view(2));
  if (!key || status < 0 || status > static_cast<std::int64_t>(CredentialStatus::revoked)) {
    return failure("store.damaged", "The credential cache (" + database_.path().string() +
                                        ") holds nonsense under " + id.text() +
                                        ". Stop the gateway, remove the file and start again; it "
                                        "is rebuilt from the hub's feed.");
  }
  cached.credential = Credential{.id = id,
                                 .subject = row.text(3),
                                 .key = *key,
                                 .not_before = from_ms(row.integer(4)),
                                 .expires = from_ms(row.integer(5)),
                                 .scope = row.text(6)};
  return cached;
}

Result<FeedPosition> CredentialCache::position() {
  FeedPosition position;
  Rows row = position_.query({});
  auto found = row.next();
  if (!found) return std::unexpected(found.error());
  if (!*found) return position;
  position.region = row.text(0);
  position.seq = static_cast<std::uint64_t>(row.integer(1));
  const ByteView hash = row.view(2);
  std::copy_n(hash.begin(), std::min(hash.size(), position.hash.size()), position.hash.begin());
  return position;
}

Result<CredentialCounts> CredentialCache::count() {
  auto statement = database_.prepare("SELECT status, count(*) FROM credential GROUP BY status");
  if (!statement) return std::unexpected(statement.error());
  CredentialCounts counts;
  Rows rows = statement->query({});
  while (true) {
    auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return counts;
    const auto number = static_cast<std::uint64_t>(rows.integer(1));
    switch (static_cast<CredentialStatus>(rows.integer(0))) {
      case CredentialStatus::active:
        counts.active = number;
        break;
      case CredentialStatus::suspended:
        counts.suspended = number;
        break;
      case CredentialStatus::revoked:
        counts.revoked = number;
        break;
    }
  }
}

Result<void> CredentialCache::apply(std::span<const FeedChange> changes) {
  // In key order a load touches each page once (four times faster for a large one); changes of one
  // id keep their order.
  std::vector<const FeedChange*> ordered;
  ordered.reserve(changes.size());
  for (const FeedChange& change : changes) ordered.push_back(&change);
  std::ranges::stable_sort(ordered, {}, [](const FeedChange* change) { return change->id; });
  for (const FeedChange* change : ordered) {
    if (auto done = put(apply_, change->id, change->status, change->credential); !done) return done;
  }
  return {};
}

Result<void> CredentialCache::learn(const Credential& credential) {
  return put(learn_, credential.id, CredentialStatus::active, credential);
}

Result<void> CredentialCache::set_position(const FeedPosition& position) {
  return set_position_.run(
      {position.region, static_cast<std::int64_t>(position.seq), ByteView(position.hash)});
}

}  // namespace xiaogate::store
