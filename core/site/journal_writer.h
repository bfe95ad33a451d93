// Makes the records of one turn and chains them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/json.h"
#include "site/ports.h"

namespace xiaogate::site {

// What one call of the site wants kept and done.
struct Effects {
  std::vector<SafetyAction> safety;  // before everything else
  std::vector<Write> writes;
  std::vector<Action> actions;
  Durability durability = Durability::ordered;
};

// Knows the head of the chain, and how much of it is on stable storage. Only that much may be
// reported: what a power cut could take back, and number anew, must not be known to the hub.
// Lives on the site's thread.
class JournalWriter {
 public:
  // How long a record may stay off stable storage.
  static constexpr Millis kSettle{1000};

  JournalWriter(std::uint64_t head_seq, const Digest& head_hash, WallTime head_time);

  // Appends a record and returns its sequence number. `stable` for access decisions, alarms,
  // commands and configuration changes. A body over Record::kMaxBody is replaced by
  // {"omitted": <its size>}.
  std::uint64_t append(Effects& out, const Instant& now, Durability durability, std::string kind,
                       const Json& body);

  // At the end of a turn whose other effects ask for `durability`: the turn's own durability.
  Durability settle(Durability durability, MonoTime now);
  // When a turn is needed to settle what is left.
  std::optional<MonoTime> next_deadline() const;

  std::uint64_t head() const { return seq_; }
  std::uint64_t stable_head() const { return stable_seq_; }
  WallTime time() const { return time_; }

 private:
  std::uint64_t seq_;
  Digest hash_;
  WallTime time_;
  std::uint64_t stable_seq_;
  std::optional<MonoTime> unsettled_since_;
};

}  // namespace xiaogate::site
