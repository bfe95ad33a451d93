#include "site/rejections.h"

namespace xiaogate::site {

void Rejections::reject(Effects& out, JournalWriter& journal, const Instant& now,
                        const std::string& kind, const std::string& source,
                        const std::string& reason, std::string_view detail) {
  ++total_;
  const auto [window, opened] = windows_.try_emplace(
      Key{kind, source, reason}, Window{.end = now.mono + kWindow, .count = 0, .detail = {}});
  if (!opened) {
    ++window->second.count;
    window->second.detail = printable(detail);
    return;
  }
  journal.append(
      out, now, Durability::ordered, kind,
      {{"source", source}, {"reason", reason}, {"detail", printable(detail)}, {"count", 1}});
}

void Rejections::flush(Effects& out, JournalWriter& journal, const Instant& now) {
  for (auto it = windows_.begin(); it != windows_.end();) {
    const auto& [key, window] = *it;
    if (window.end > now.mono) {
      ++it;
      continue;
    }
    if (window.count > 0) {
      journal.append(out, now, Durability::ordered, key.kind,
                     {{"source", key.source},
                      {"reason", key.reason},
                      {"detail", window.detail},
                      {"count", window.count}});
    }
    it = windows_.erase(it);
  }
}

std::optional<MonoTime> Rejections::next_deadline() const {
  std::optional<MonoTime> next;
  for (const auto& [key, window] : windows_) {
    if (!next || window.end < *next) next = window.end;
  }
  return next;
}

}  // namespace xiaogate::site
