// Access points that are set to fail safe: while their reader cannot let anybody in, their gate is
// to be held open.
#pragma once

#include <map>
#include <string>

#include "site/alarms.h"
#include "site/config.h"
#include "site/deadlines.h"

namespace xiaogate::site {

// A reader cannot let anybody in once its plugin is parked, or when its device or its plugin has
// been away for longer than the access point's grace. A device that was never heard counts as
// there, for some protocols never tell. The alarm fail_safe_release stands meanwhile and survives a
// restart, until the reader is heard of again. Lives on the site's thread; borrows the
// configuration.
class FailSafe {
 public:
  explicit FailSafe(const SiteConfig& config) : config_(config) {}

  void device(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
              const std::string& reader, bool online);
  // `state`: "up", "down", "parked".
  void plugin(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
              const std::string& plugin, const std::string& state);
  void tick(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now);
  std::optional<MonoTime> next_deadline() const { return deadlines_.next(); }

  // Whether one of the gate's access points wants it open.
  bool wants_open(const Alarms& alarms, const std::string& gate) const;

 private:
  struct Away {
    bool device = false;
    bool plugin = false;
  };
  void judge(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
             const AccessPoint& point, const Away& was, bool parked);
  void release(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
               const AccessPoint& point, const std::string& reason);

  const SiteConfig& config_;
  std::map<std::string, Away> away_;  // by access point
  Deadlines<std::string> deadlines_;  // access points whose grace runs
};

}  // namespace xiaogate::site
