// Sends the journal to the hub: at least once on the wire, exactly once in effect.
#pragma once

#include <cstdint>
#include <optional>

#include "site/ports.h"

namespace xiaogate::site {

struct Effects;

// Knows how far the hub has acknowledged and how far the journal has been sent in this connection.
// Lives on the site's thread.
class Reporter {
 public:
  static constexpr std::uint64_t kBatch = 64;    // records in one report: stays below 128 KiB
  static constexpr std::uint64_t kWindow = 512;  // records sent and not yet acknowledged
  static constexpr Millis kSilence{5000};        // then everything unacknowledged is sent again
  // How long a record waits for others to share its report. Long enough for the gate's command to
  // leave before the report competes with it, short enough for nobody at the hub to notice.
  static constexpr Millis kGather{20};

  explicit Reporter(std::uint64_t acknowledged)
      : acknowledged_(acknowledged), sent_(acknowledged) {}

  void link_changed(bool up);
  // False when the hub acknowledges what does not exist.
  bool acknowledge(Effects& out, std::uint64_t through, std::uint64_t head, MonoTime now);
  // Called at the end of each turn.
  void send(Effects& out, std::uint64_t head, MonoTime now);

  std::optional<MonoTime> next_deadline() const;
  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  bool up_ = false;
  std::uint64_t acknowledged_;
  std::uint64_t sent_;
  MonoTime progress_{};  // when something was last sent or acknowledged
  std::optional<MonoTime> unsent_since_;
};

}  // namespace xiaogate::site
