// Makes the records of one turn and chains them.
#pragma once

#include <string>
#include <vector>

#include "model/json.h"
#include "site/ports.h"

namespace xiaogate::site {

// What one call of the site wants kept and done.
struct Effects {
  std::vector<Write> writes;
  std::vector<Action> actions;
  Durability durability = Durability::ordered;
};

// Knows the head of the chain. Lives on the site's thread.
class JournalWriter {
 public:
  JournalWriter(std::uint64_t head_seq, const Digest& head_hash, WallTime head_time);

  // Appends a record and returns its sequence number. `stable` for access decisions, alarms,
  // commands and configuration changes. A body over Record::kMaxBody is replaced by
  // {"omitted": <its size>}.
  std::uint64_t append(Effects& out, const Instant& now, Durability durability, std::string kind,
                       const Json& body);

  std::uint64_t head() const { return seq_; }
  WallTime time() const { return time_; }

 private:
  std::uint64_t seq_;
  Digest hash_;
  WallTime time_;
};

}  // namespace xiaogate::site
