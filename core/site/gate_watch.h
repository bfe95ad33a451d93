// What the gates say of themselves, held against what was decided: who went through after an
// opening (ONVIF: access granted and access taken are two events), and a door that is open although
// nobody opened it, or for too long (ONVIF: DoorForcedOpen, DoorOpenTooLong).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "site/alarms.h"
#include "site/config.h"
#include "site/deadlines.h"

namespace xiaogate::site {

// A gate that has no door contact and tells no passage is never said to be taken, forced or held.
// Of a gate that several access points open, the longest of their times counts. What is open and
// which openings wait to be taken survives a restart. Lives on the site's thread.
class GateWatch {
 public:
  GateWatch(const SiteConfig& config, const Recovered& recovered, const Instant& now);

  // `decision` opens the gate: its door may open from now on, and is waited for.
  void opening(const std::string& gate, std::uint64_t decision, MonoTime now);
  // The gate has confirmed it: the rider's time to go through begins anew.
  void confirmed(const std::string& gate, std::uint64_t decision, MonoTime now);
  // The gate is held open on purpose from now on, or not any more.
  void held_open(Effects& out, const std::string& gate, bool held, const Instant& now);

  enum class Told { understood, no_such_opening, unknown_event };
  // An event of the gate's, or a property that has changed: door, tamper, passed, not_passed,
  // exit_requested.
  Told event(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
             const std::string& gate, const std::string& name, const Json& body);

  void tick(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now);
  std::optional<MonoTime> next_deadline() const { return deadlines_.next(); }

  // "open", "closed", "unknown".
  std::string door(const std::string& gate) const;
  // Of the gates whose contact was heard: whether open.
  std::map<std::string, bool> doors() const;
  // The records that must be given as Recovered::recent reach back so far at least.
  static Millis memory(const SiteConfig& config);

 private:
  // An opening that somebody may still go through.
  struct Waiting {
    std::uint64_t decision = 0;
    MonoTime until;
  };
  struct Gate {
    Millis take_time{0};
    Millis open_too_long{0};
    bool tells_passage = false;  // then the door contact is not asked who went through
    std::optional<bool> open;    // nothing: the contact was never heard
    WallTime open_since;
    std::optional<MonoTime> too_long;  // when open will be too long
    bool held = false;
    std::optional<MonoTime> may_open_until;
    std::deque<Waiting> waiting;  // oldest first
  };

  void restore(const Recovered& recovered, const Instant& now);
  void restore_openings(const std::vector<Record>& recent, const Instant& now);
  void allow(Gate& gate, MonoTime until);
  void plan(const std::string& id, const Gate& gate);
  void door(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
            const std::string& id, Gate& gate, bool open);
  void door_opened(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                   const std::string& id, Gate& gate, bool was_closed);
  Told passage(Effects& out, JournalWriter& journal, const Instant& now, const std::string& id,
               Gate& gate, bool taken, const Json& body);

  std::map<std::string, Gate> gates_;
  Deadlines<std::string> deadlines_;
};

}  // namespace xiaogate::site
