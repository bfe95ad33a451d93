// The site's parking bays: which are free, by what their sensors tell.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "site/alarms.h"
#include "site/config.h"
#include "site/deadlines.h"

namespace xiaogate::site {

// A bay is unknown until its sensor has been heard, and again once that has been silent for longer
// than twice its heartbeat. States survive a restart. What a sensor tells again costs a lookup: it
// is recorded only when it changes, and no deadline is moved. Lives on the site's thread; borrows
// the configuration.
class Bays {
 public:
  Bays(const SiteConfig& config, const std::map<std::string, std::string>& state,
       const Instant& now);

  // A sensor's event or property. False when it makes no sense here.
  bool event(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
             const std::string& sensor, const std::string& name, const Json& body);

  void tick(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now);
  std::optional<MonoTime> next_deadline() const { return deadlines_.next(); }

  // {"<bay>": {"name_en", "name_zh", "area", "state", "riders": whether it is theirs now}}
  Json status(WallTime now) const;
  // {"free", "occupied", "unknown"}: how many of the area's bays; empty when it has none.
  Json counts(const std::string& area) const;

 private:
  enum class State : std::uint8_t { unknown, free, occupied };
  struct Place {
    const Bay* bay = nullptr;
    State state = State::unknown;
    MonoTime heard;           // or since when it is waited for
    WallTime heard_stored{};  // what is in the store
  };
  static const char* to_string(State state);
  static State parse(const std::string& text);

  void restore(Place& place, const std::string& stored, const Instant& now);
  void heard(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
             Place& place);
  void change(Effects& out, JournalWriter& journal, const Instant& now, Place& place, State state);
  void occupancy(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                 Place& place, State state);
  void battery(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
               const Place& place, const Json& body);
  void fault(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
             const Place& place, const Json& body);
  void put(Effects& out, Place& place, WallTime heard);

  const SiteConfig& config_;
  std::vector<Place> places_;                     // as in the configuration
  std::map<std::string, std::size_t> of_sensor_;  // device -> index
  Deadlines<std::size_t> deadlines_;              // index
};

}  // namespace xiaogate::site
