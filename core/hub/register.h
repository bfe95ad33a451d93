// The register: every credential that the hub issued, and the feed of its changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hub/feed.h"
#include "hub/signing_key.h"
#include "hub/statements.h"
#include "model/credential.h"
#include "store/database.h"

namespace xiaogate::hub {

struct Registered {
  std::int64_t number = 0;  // 1, 2, 3, ... in the order of registration
  Credential credential;
  CredentialStatus status = CredentialStatus::active;
  std::string reason = {};  // of the last change of status
  Bytes issued = {};        // the credential as the issuer signed it
};

// A signed batch, to be published once the transaction is committed.
struct Batch {
  std::uint64_t seq = 0;
  std::string message;
};

struct RegisterCounts {
  std::uint64_t active = 0;
  std::uint64_t suspended = 0;
  std::uint64_t revoked = 0;
};

// What a subject and a scope may be, so that pages stay below the size of a message: 1 to 32 of
// [A-Za-z0-9._:-]; names of access profiles of [a-z0-9._-] separated by one blank, 128 in all.
bool is_register_subject(std::string_view text);
bool is_register_scope(std::string_view text);
inline constexpr std::size_t kMaxReason = 200;  // octets

// Keeps nothing in memory, so a transaction that is rolled back leaves nothing behind. Borrows
// database and key, lives on the database's thread. Every function can fail with the errors of
// store/database.h, those that change with "key.sign" as well.
// REQUIRES for functions that change: inside a transaction.
class Register {
 public:
  static Result<Register> over(store::Database& database, std::string region,
                               const SigningKey& feed_key);

  // REQUIRES: is_register_subject and is_register_scope hold, the id is new.
  Result<Batch> add(const Credential& credential, ByteView issued, WallTime now);
  // REQUIRES: find(id) gave something, and it is not revoked.
  Result<Batch> set_status(const CredentialId& id, CredentialStatus status, std::string_view reason,
                           WallTime now);

  Result<std::optional<Registered>> find(const CredentialId& id);
  // In order of registration, those above `after`.
  Result<std::vector<Registered>> list(std::int64_t after, std::size_t limit);
  Result<RegisterCounts> count();

  Result<FeedHead> head();
  Result<std::optional<Batch>> newest_batch();
  // Changes of the batches after `from`, one each, in order.
  Result<Json> changes_after(std::uint64_t from, std::size_t limit);
  // The register itself as changes, in order of registration, those above `after`.
  Result<Json> snapshot_after(std::int64_t after, std::size_t limit);
  // How many were ever registered; no number is above it, and none is ever free again.
  Result<std::int64_t> size();

 private:
  enum class Sql { add, set_status, find, list, count, size, head, newest, messages, add_batch };
  Register(std::string region, const SigningKey& feed_key, Statements<Sql> statements)
      : region_(std::move(region)), feed_key_(feed_key), sql_(std::move(statements)) {}

  Result<Batch> append(const FeedChange& change, std::string_view op, std::string_view reason,
                       WallTime now);

  std::string region_;
  const SigningKey& feed_key_;
  Statements<Sql> sql_;
};

}  // namespace xiaogate::hub
