#include "site/journal_writer.h"

#include <utility>

#include "site/chain.h"

namespace xiaogate::site {

JournalWriter::JournalWriter(std::uint64_t head_seq, const Digest& head_hash, WallTime head_time)
    : seq_(head_seq), hash_(head_hash), time_(head_time), stable_seq_(head_seq) {}

std::uint64_t JournalWriter::append(Effects& out, const Instant& now, Durability durability,
                                    std::string kind, const Json& body) {
  std::string text = canonical(body);
  if (text.size() > Record::kMaxBody) text = canonical(Json{{"omitted", text.size()}});
  Record record = seal(seq_, hash_, now.wall, std::move(kind), std::move(text));
  seq_ = record.seq;
  hash_ = record.hash;
  time_ = record.time;
  if (!unsettled_since_) unsettled_since_ = now.mono;
  if (durability == Durability::stable) out.durability = Durability::stable;
  out.writes.emplace_back(AppendRecord{std::move(record)});
  return seq_;
}

Durability JournalWriter::settle(Durability durability, MonoTime now) {
  const bool due = unsettled_since_ && now - *unsettled_since_ >= kSettle;
  if (durability != Durability::stable && !due) return durability;
  stable_seq_ = seq_;
  unsettled_since_.reset();
  return Durability::stable;
}

std::optional<MonoTime> JournalWriter::next_deadline() const {
  if (!unsettled_since_) return std::nullopt;
  return *unsettled_since_ + kSettle;
}

}  // namespace xiaogate::site
