// The gateway's memory: journal, plugin state and credentials behind the site's Ledger.
//
// Two files in one directory. The journal's file takes a turn's records, acknowledgement and plugin
// state in one transaction; the credential cache commits just before it, so that no record speaks
// of a feed position that is not there. A turn that writes nothing costs nothing.
//
// When the disk is full, the reserve beside the files is given up and the turn is tried once more:
// records can still be written while the gateway raises the alarm (reserve_held() tells).
//
// Lives on the site's thread. After a failed write or commit, rollback() leaves the last committed
// state, and the next turn may begin.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "site/ports.h"
#include "store/credential_cache.h"
#include "store/directory_lock.h"
#include "store/journal_reader.h"
#include "store/reserve.h"

namespace xiaogate::store {

struct StoreOptions {
  std::filesystem::path directory;       // must exist; belongs to this process alone while open
  std::uint64_t reserve = 16ULL << 20U;  // octets put aside for a full disk; 0: none
  bool check = false;                    // read both files for consistency first
};

class Store final : public site::Ledger {
 public:
  // Errors: those of database.h; a second process on the directory is "store.locked". A damaged
  // credential cache is no error: it is moved to "credentials.db.damaged", a new one is begun, and
  // notices() says so.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options);

  // site::Ledger. A record must follow the head by number and `prev` ("journal.broken" otherwise).
  Result<void> begin() override;
  Result<void> write(const site::Write& write) override;
  Result<void> commit(site::Durability durability) override;
  void rollback() override;
  Result<site::Recovered> recover(WallTime since) override;
  std::optional<CachedCredential> find(const CredentialId& id) override;

  // Committed records and state; see JournalReader.
  Result<std::vector<Record>> records(std::uint64_t first, std::size_t limit);
  Result<PluginState> plugin_state(std::string_view plugin);
  Result<JournalStatus> status() { return journal_.status(); }

  // Sentences for the log about what open() had to do.
  const std::vector<std::string>& notices() const { return notices_; }
  // Why find() last answered nothing although it could not know; taken once.
  std::optional<Error> take_read_fault();

  bool has_reserve() const { return reserve_.is_held(); }
  bool release_reserve() { return reserve_.release(); }
  // Puts the reserve aside again when there is room; to be called now and then. Errors: reserve.h.
  Result<void> restore_reserve() { return reserve_.hold(); }

 private:
  struct Writer {
    Statement append;
    Statement acknowledge;
    Statement put_state;
    Statement erase_state;

    static Result<Writer> prepare(Database& database);
    Result<void> write(const site::Write& write);
    Result<void> put(std::string_view owner, std::string_view key, std::string_view value);
  };
  struct Head {
    std::uint64_t seq = 0;
    Digest hash{};
  };

  Store(DirectoryLock lock, JournalReader journal, Writer writer, CredentialCache cache,
        Reserve reserve, std::vector<std::string> notices, Head head);

  Result<void> write_to_cache(const site::Write& write);
  Result<void> apply_to_cache(const site::Write& write);
  // Begins the cache's transaction of this turn anew and applies the turn's writes so far.
  Result<void> rewrite_cache();
  Result<void> commit_cache();
  Result<void> commit_journal(site::Durability durability);
  void close_turn();
  // Runs `attempt`; when the disk is full, once more with the reserve given up.
  template <class Attempt>
  Result<void> with_reserve(Attempt attempt);

  DirectoryLock lock_;
  JournalReader journal_;
  Writer writer_;
  CredentialCache cache_;
  Reserve reserve_;
  std::vector<std::string> notices_;
  std::optional<Error> read_fault_;

  Head committed_;
  // The open turn. The journal's writes wait for the commit, because SQLite wants to know before
  // its transaction begins how durable it must be; the cache's are applied at once, for find().
  bool open_ = false;
  Head head_;
  std::vector<site::Write> journal_writes_;
  std::vector<site::Write> cache_writes_;
  Synchronous cache_durability_ = Synchronous::normal;
};

}  // namespace xiaogate::store
