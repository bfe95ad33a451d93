#include "site/head_count.h"

#include <set>
#include <vector>

namespace xiaogate::site {
namespace {

constexpr std::string_view kPrefix = "inside/";

// Records that say of a decision that nobody went in by it.
const std::set<std::string_view> kStayedOutside{"access_not_taken", "command_expired",
                                                "command_failed"};

std::string key_of(const std::string& area, const CredentialId& who) {
  return std::string(kPrefix) + area + "/" + who.text();
}

}  // namespace

HeadCount::HeadCount(const SiteConfig& config, const std::map<std::string, std::string>& state) {
  for (const auto& point : config.access_points) {
    for (const auto& area : point.rules.areas) {
      const auto rules = config.policy.areas.find(area);
      if (rules == config.policy.areas.end()) continue;
      ways_.emplace(point.rules.id, Way{area, rules->second.forget_after, point.rules.exit});
    }
  }
  for (auto entry = state.lower_bound(std::string(kPrefix));
       entry != state.end() && entry->first.starts_with(kPrefix); ++entry) {
    const std::string& name = entry->first;
    const auto slash = name.rfind('/');
    const std::string area = name.substr(kPrefix.size(), slash - kPrefix.size());
    const auto who = CredentialId::from_text(name.substr(slash + 1));
    const auto json = parse_json(entry->second);
    if (!who || !json || !json->is_object()) continue;
    const WallTime until{Millis(json->value("until", std::int64_t{0}))};
    stays_[{area, *who}] = {json->value("decision", std::uint64_t{0}), until};
    presence_.enter(area, *who, until);
  }
}

void HeadCount::follow(Effects& out) {
  if (ways_.empty()) return;
  // What follows adds writes of its own.
  std::vector<Record> records;
  for (const auto& write : out.writes) {
    if (const auto* append = std::get_if<AppendRecord>(&write)) {
      const std::string& kind = append->record.kind;
      if (kind == "access_granted" || kStayedOutside.contains(kind)) {
        records.push_back(append->record);
      }
    }
  }
  for (const Record& record : records) follow(out, record);
}

void HeadCount::follow(Effects& out, const Record& record) {
  const auto body = parse_json(record.body);
  if (!body || !body->is_object()) return;
  if (record.kind == "access_granted") {
    const auto who = CredentialId::from_text(body->value("credential", ""));
    const auto [first, last] = ways_.equal_range(body->value("access_point", ""));
    if (!who || first == last) return;
    forget(out, record.time);
    for (auto way = first; way != last; ++way) {
      if (way->second.exit) {
        leave(out, {way->second.area, *who});
      } else {
        enter(out, way->second, *who, record);
      }
    }
    return;
  }
  const auto decision = body->value("decision", std::uint64_t{0});
  std::vector<Key> outside;
  for (const auto& [key, stay] : stays_) {
    if (stay.decision == decision) outside.push_back(key);
  }
  for (const Key& key : outside) leave(out, key);
}

void HeadCount::enter(Effects& out, const Way& way, const CredentialId& who, const Record& record) {
  const WallTime until = record.time + way.forget_after;
  // Who is counted already came in by an earlier decision, and stays in if this one is not taken.
  const auto [stay, is_new] = stays_.try_emplace({way.area, who}, Stay{record.seq, until});
  stay->second.until = until;
  presence_.enter(way.area, who, until);
  out.writes.emplace_back(PutSiteState{key_of(way.area, who),
                                       canonical({{"decision", stay->second.decision},
                                                  {"until", until.time_since_epoch().count()}})});
}

void HeadCount::leave(Effects& out, const Key& key) {
  if (stays_.erase(key) == 0) return;
  presence_.leave(key.first, key.second);
  out.writes.emplace_back(PutSiteState{key_of(key.first, key.second), ""});
}

void HeadCount::forget(Effects& out, WallTime now) {
  std::vector<Key> gone;
  for (const auto& [key, stay] : stays_) {
    if (stay.until <= now) gone.push_back(key);
  }
  for (const Key& key : gone) leave(out, key);
}

}  // namespace xiaogate::site
