// Gates that are held open on purpose: in a fire, or because nobody could be let in otherwise. The
// commands that hold them so are repeated until the gate confirms, and given anew whenever it may
// have forgotten (ONVIF: LockOpenDoor, LockOpenReleaseDoor).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "site/alarms.h"
#include "site/calls.h"
#include "site/config.h"
#include "site/deadlines.h"

namespace xiaogate::site {

// A gate that does not offer lock_open is opened again and again instead, once a pulse. What was
// told to be open survives a restart, so that it is also released after one. Lives on the site's
// thread.
class LockOpen {
 public:
  static constexpr Millis kRepeat{2'000};
  static constexpr Millis kSilence{10'000};  // then the alarm gate_unanswered

  enum class Cause { none, fail_safe, fire };

  // `told_open`: gates that were told to be open by what ran before.
  LockOpen(const SiteConfig& config, const std::map<std::string, std::string>& state,
           const std::set<std::string>& told_open);

  // From now on the gate is to be held open for this cause, or not any more. Sends what it takes;
  // nothing when it is so already. In a fire the commands do not wait for the commit.
  void want(Effects& out, JournalWriter& journal, Alarms& alarms, Calls& calls, const Instant& now,
            const std::string& gate, Cause cause);
  // The gate, its plugin or the link is back: what it was told may be lost.
  void renew(Effects& out, Calls& calls, const Instant& now, const std::string& gate);
  // The gate's answer to `command`; false when that was none of these commands.
  bool answered(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                const std::string& gate, std::uint64_t command, bool done);

  void tick(Effects& out, JournalWriter& journal, Alarms& alarms, Calls& calls, const Instant& now);
  std::optional<MonoTime> next_deadline() const { return deadlines_.next(); }

  // Why the gate is held open.
  Cause cause(const std::string& gate) const;
  // Whether it may still be open: also until the gate has confirmed its release.
  bool holds(const std::string& gate) const;
  std::set<std::string> told_open() const;

 private:
  struct Gate {
    const Device* device = nullptr;
    bool can_lock = false;  // offers lock_open
    Millis pulse{0};
    Cause cause = Cause::none;
    bool told_open = false;
    bool confirmed = true;               // what is wanted is so
    MonoTime since;                      // when it was wanted first
    std::deque<std::uint64_t> commands;  // that would confirm it, newest last
  };

  void released(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                Gate& gate);
  void command(Effects& out, Calls& calls, const Instant& now, Gate& gate);
  void put(Effects& out, const Gate& gate) const;

  std::map<std::string, Gate> gates_;
  Deadlines<std::string> deadlines_;
};

// "none", "fail_safe", "fire".
std::string_view to_string(LockOpen::Cause cause);

}  // namespace xiaogate::site
