// Openings that were decided and of which the gate has not told yet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "site/journal_writer.h"

namespace xiaogate::site {

// Lives on the site's thread. Holds what is in flight, some seconds' worth.
class Openings {
 public:
  // How long after its time to live an opening is waited for to be confirmed by the gate.
  static constexpr Millis kAnswerPatience{5000};

  // `decision` is the sequence number of the record that decided it.
  void decided(std::uint64_t decision, std::string gate, MonoTime expires);
  // Until when it may leave; nothing when it is answered, dropped or was never decided.
  std::optional<MonoTime> expires(std::uint64_t decision) const;
  // The gate, or what stands before it, has told. False when it was not this gate's to answer.
  bool answered(std::uint64_t decision, const std::string& gate);
  void dropped(std::uint64_t decision) { openings_.erase(decision); }

  // Records gate_silent for each that was waited for in vain.
  void tick(Effects& out, JournalWriter& journal, const Instant& now);
  std::optional<MonoTime> next_deadline() const;

 private:
  struct Opening {
    std::string gate;
    MonoTime expires;
  };
  std::map<std::uint64_t, Opening> openings_;
};

}  // namespace xiaogate::site
