#include "tests/simulation/memory_ledger.h"

#include <algorithm>

#include "site/chain.h"

namespace xiaogate::simulation {
namespace {

void merge(CachedCredential& row, const FeedChange& change) {
  if (change.credential) row.credential = change.credential;
  if (row.status != CredentialStatus::revoked) row.status = change.status;
}

void keep_value(std::map<std::string, std::string>& values, const std::string& key,
                const std::string& value) {
  if (value.empty()) {
    values.erase(key);
  } else {
    values[key] = value;
  }
}

}  // namespace

Result<void> MemoryLedger::keep(const site::AppendRecord& append) {
  const bool empty = journal_.empty();
  auto fits = site::check_link(empty ? 0 : journal_.back().seq,
                               empty ? Digest{} : journal_.back().hash, append.record);
  if (fits) {
    journal_.push_back(append.record);
    current_.journal_size = journal_.size();
  }
  return fits;
}

Result<void> MemoryLedger::keep(const site::Acknowledge& acknowledge) {
  current_.acknowledged = acknowledge.through;
  return {};
}

Result<void> MemoryLedger::keep(const site::PutPluginState& put) {
  keep_value(current_.plugins[put.plugin], put.key, put.value);
  return {};
}

Result<void> MemoryLedger::keep(const site::PutSiteState& put) {
  keep_value(current_.site, put.key, put.value);
  return {};
}

Result<void> MemoryLedger::keep(const site::ApplyFeed& feed) {
  for (const auto& change : feed.changes) merge(current_.cache[change.id], change);
  if (feed.position) current_.feed = *feed.position;
  return {};
}

Result<void> MemoryLedger::keep(const site::LearnCredential& learn) {
  auto& row = current_.cache[learn.credential.id];
  if (!row.credential) row.credential = learn.credential;
  return {};
}

void MemoryLedger::go_back_to(Content content) {
  current_ = std::move(content);
  journal_.resize(current_.journal_size);
}

std::optional<CachedCredential> MemoryLedger::find(const CredentialId& id) {
  const auto found = current_.cache.find(id);
  if (found == current_.cache.end()) return std::nullopt;
  return found->second;
}

Result<void> MemoryLedger::begin() {
  before_ = current_;
  return {};
}

Result<void> MemoryLedger::write(const site::Write& write) {
  return std::visit([&](const auto& what) { return keep(what); }, write);
}

Result<void> MemoryLedger::commit(site::Durability durability) {
  if (fail_) {
    fail_ = false;
    return failure("store.full", "the simulated disk is full");
  }
  if (durability == site::Durability::stable) {
    unstable_history_.clear();
    stable_head_ = journal_.empty() ? 0 : journal_.back().seq;
  } else {
    unstable_history_.push_back(std::move(*before_));
  }
  before_.reset();
  return {};
}

void MemoryLedger::rollback() {
  if (before_) go_back_to(std::move(*before_));
  before_.reset();
}

Result<site::Recovered> MemoryLedger::recover(WallTime since) {
  site::Recovered recovered;
  if (!journal_.empty()) {
    recovered.head_seq = journal_.back().seq;
    recovered.head_hash = journal_.back().hash;
    recovered.head_time = journal_.back().time;
  }
  recovered.acknowledged = current_.acknowledged;
  recovered.feed = current_.feed;
  recovered.state = current_.site;
  for (const auto& [plugin, entries] : current_.plugins) {
    for (const auto& [key, value] : entries) recovered.plugin_state[plugin][key] = value.size();
  }
  const auto first =
      std::ranges::find_if(journal_, [&](const Record& record) { return record.time >= since; });
  recovered.recent.assign(first, journal_.end());
  return recovered;
}

void MemoryLedger::power_cut(std::size_t lost) {
  rollback();
  lost = std::min(lost, unstable_history_.size());
  if (lost == 0) return;
  const std::size_t kept = unstable_history_.size() - lost;
  go_back_to(std::move(unstable_history_[kept]));
  unstable_history_.resize(kept);
}

}  // namespace xiaogate::simulation
