// The site's areas: where there is a fire, and where a person has ordered a lock-down.
#pragma once

#include <map>
#include <set>
#include <string>

#include "model/result.h"
#include "site/alarms.h"
#include "site/config.h"

namespace xiaogate::site {

// What a person wants done, and who and why for the record.
struct Said {
  std::string by;
  std::string reason;
};

// Fires and lock-downs are alarms that stand (fire_release, lock_down), by area; both survive a
// restart. A lock-down of the whole site stands under kSite. Lives on the site's thread; borrows
// the configuration.
class Areas {
 public:
  static constexpr std::string_view kSite = "site";  // no area has that name

  // `inputs`: what alarm inputs told within this run, which wins over what is stored.
  Areas(const SiteConfig& config, const std::map<std::string, std::string>& state,
        const std::map<std::string, bool>& inputs);

  // An alarm input tells its state.
  void input(Effects& out, const std::string& device, bool active);
  bool is_fire_input(const std::string& device) const;
  // Records the fires that have begun and ended.
  void record_fires(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now);
  // Whether one of the gate's areas burns.
  bool burns(const std::string& gate) const;

  // `area` empty: the whole site. The record's number, or why not.
  Result<std::uint64_t> lock_down(Effects& out, JournalWriter& journal, Alarms& alarms,
                                  const Instant& now, const std::string& area, const Said& said);
  // `area` empty: every lock-down of the site.
  Result<std::uint64_t> release(Effects& out, JournalWriter& journal, Alarms& alarms,
                                const Instant& now, const std::string& area, const Said& said);
  // The area because of which the access point is locked down, or kSite; empty: it is not.
  std::string locked_down_by(const Alarms& alarms, const std::string& access_point) const;
  // Whether every access point of the gate is locked down.
  bool locked_down(const Alarms& alarms, const std::string& gate) const;

  const std::map<std::string, bool>& inputs() const { return inputs_; }
  // {"<area>": {"name_en", "name_zh", "fire", "lock_down"}}
  Json status(const Alarms& alarms) const;

 private:
  const Area* find(const std::string& id) const;
  bool burns(const Area& area) const;
  Error no_area(const std::string& id) const;

  const SiteConfig& config_;
  std::map<std::string, bool> inputs_;  // of fire inputs that were heard: whether active
};

}  // namespace xiaogate::site
