// The alarms that stand: what somebody at the site has to look after now.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "site/journal_writer.h"

namespace xiaogate::site {

// One alarm for each kind and subject (a device, access point, area, bay or plugin). What stands
// survives a restart. Lives on the site's thread.
class Alarms {
 public:
  // Restores what stood, as far as its subject is still one of the site's.
  Alarms(const std::map<std::string, std::string>& state, const std::set<std::string>& subjects);

  // Appends the stable record `kind` and lets the alarm stand; nothing when it does already.
  // Returns whether it is new.
  bool raise(Effects& out, JournalWriter& journal, const Instant& now, const std::string& kind,
             const std::string& subject, const Json& body);
  // Returns whether it stood; the record that says so is the caller's.
  bool end(Effects& out, const std::string& kind, const std::string& subject);

  bool stands(const std::string& kind, const std::string& subject) const;
  // [{"kind", "subject", "since" (milliseconds since 1970), "record"}], by kind and subject.
  Json list() const;

 private:
  using Key = std::pair<std::string, std::string>;  // kind, subject
  struct Standing {
    std::int64_t since = 0;
    std::uint64_t record = 0;
  };
  std::map<Key, Standing> standing_;
};

}  // namespace xiaogate::site
