// Bad input is journalled, but cannot flood the journal: per source and reason, the first one at
// once, what follows within a minute as one record with its count.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "site/journal_writer.h"

namespace xiaogate::site {

// Lives on the site's thread. Sources are device and plugin ids and a few fixed words, so its size
// is bounded by the configuration.
class Rejections {
 public:
  static constexpr Millis kWindow{60'000};

  // Journals a record of `kind` {"source", "reason", "detail", "count"} now or with the next
  // flush(). `detail` may hold any bytes; it is cut and made printable.
  void reject(Effects& out, JournalWriter& journal, const Instant& now, const std::string& kind,
              const std::string& source, const std::string& reason, std::string_view detail);

  // Journals the counts of windows that have ended.
  void flush(Effects& out, JournalWriter& journal, const Instant& now);
  std::optional<MonoTime> next_deadline() const;
  std::uint64_t total() const { return total_; }

 private:
  struct Key {
    std::string kind;
    std::string source;
    std::string reason;
    auto operator<=>(const Key&) const = default;
  };
  struct Window {
    MonoTime end;
    std::uint64_t count = 0;  // since the record that opened the window
    std::string detail;       // of the latest
  };
  std::map<Key, Window> windows_;
  std::uint64_t total_ = 0;
};

}  // namespace xiaogate::site
