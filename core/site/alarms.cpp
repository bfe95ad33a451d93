#include "site/alarms.h"

namespace xiaogate::site {
namespace {

constexpr std::string_view kPrefix = "alarm/";

std::string state_key(const std::string& kind, const std::string& subject) {
  return std::string(kPrefix) + kind + "/" + subject;
}

}  // namespace

Alarms::Alarms(const std::map<std::string, std::string>& state,
               const std::set<std::string>& subjects) {
  for (const auto& [key, value] : state) {
    if (!key.starts_with(kPrefix)) continue;
    const auto slash = key.find('/', kPrefix.size());
    const auto json = parse_json(value);
    if (slash == std::string::npos || !json || !json->is_object()) continue;
    const std::string subject = key.substr(slash + 1);
    if (!subjects.contains(subject)) continue;
    standing_[{key.substr(kPrefix.size(), slash - kPrefix.size()), subject}] = {
        .since = json->value("since", std::int64_t{0}),
        .record = json->value("record", std::uint64_t{0})};
  }
}

bool Alarms::raise(Effects& out, JournalWriter& journal, const Instant& now,
                   const std::string& kind, const std::string& subject, const Json& body) {
  const auto [found, raised] = standing_.try_emplace({kind, subject});
  if (!raised) return false;
  found->second = {.since = now.wall.time_since_epoch().count(),
                   .record = journal.append(out, now, Durability::stable, kind, body)};
  out.writes.emplace_back(
      PutSiteState{state_key(kind, subject),
                   canonical({{"since", found->second.since}, {"record", found->second.record}})});
  return true;
}

bool Alarms::end(Effects& out, const std::string& kind, const std::string& subject) {
  if (standing_.erase({kind, subject}) == 0) return false;
  out.writes.emplace_back(PutSiteState{state_key(kind, subject), ""});
  return true;
}

bool Alarms::stands(const std::string& kind, const std::string& subject) const {
  return standing_.contains({kind, subject});
}

Json Alarms::list() const {
  Json list = Json::array();
  for (const auto& [key, standing] : standing_) {
    list.push_back({{"kind", key.first},
                    {"subject", key.second},
                    {"since", standing.since},
                    {"record", standing.record}});
  }
  return list;
}

}  // namespace xiaogate::site
