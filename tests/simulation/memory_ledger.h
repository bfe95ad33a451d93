// A ledger in memory whose disk has a power switch.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "site/ports.h"

namespace xiaogate::simulation {

// Behaves like the store: a transaction is all or nothing; a crash of the process loses what was
// not committed; a power cut may also lose commits made since the last stable one, newest first.
class MemoryLedger : public site::Ledger {
 public:
  struct Content {
    std::size_t journal_size = 0;
    std::uint64_t acknowledged = 0;
    std::map<CredentialId, CachedCredential> cache;
    FeedPosition feed;
    std::map<std::string, PluginState> plugins;
    std::map<std::string, std::string> site;
  };

  std::optional<CachedCredential> find(const CredentialId& id) override;
  Result<void> begin() override;
  Result<void> write(const site::Write& write) override;
  Result<void> commit(site::Durability durability) override;
  void rollback() override;
  Result<site::Recovered> recover(WallTime since) override;

  // The next commit fails as a full disk would make it.
  void fail_next_commit() { fail_ = true; }
  // Loses the last `lost` commits, but none that was stable or came before a stable one.
  void power_cut(std::size_t lost);

  const std::vector<Record>& journal() const { return journal_; }
  const Content& content() const { return current_; }
  // Sequence number up to which records are on stable storage.
  std::uint64_t stable_head() const { return stable_head_; }

 private:
  Result<void> keep(const site::AppendRecord& append);
  Result<void> keep(const site::Acknowledge& acknowledge);
  Result<void> keep(const site::PutPluginState& put);
  Result<void> keep(const site::PutSiteState& put);
  Result<void> keep(const site::ApplyFeed& feed);
  Result<void> keep(const site::LearnCredential& learn);
  void go_back_to(Content content);

  std::vector<Record> journal_;
  Content current_;
  std::optional<Content> before_;          // while a transaction is open
  std::vector<Content> unstable_history_;  // what a power cut may go back to, oldest first
  std::uint64_t stable_head_ = 0;
  bool fail_ = false;
};

}  // namespace xiaogate::simulation
