#include "site/fail_safe.h"

#include <algorithm>

namespace xiaogate::site {
namespace {

constexpr const char* kAlarm = "fail_safe_release";

}  // namespace

void FailSafe::device(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                      const std::string& reader, bool online) {
  for (const auto& point : config_.access_points) {
    if (!point.fail_safe || point.reader != reader) continue;
    const Away was = away_[point.rules.id];
    away_[point.rules.id].device = !online;
    judge(out, journal, alarms, now, point, was, false);
  }
}

void FailSafe::plugin(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                      const std::string& plugin, const std::string& state) {
  for (const auto& point : config_.access_points) {
    if (!point.fail_safe || config_.devices.at(point.reader).plugin != plugin) continue;
    const Away was = away_[point.rules.id];
    away_[point.rules.id].plugin = state != "up";
    judge(out, journal, alarms, now, point, was, state == "parked");
  }
}

void FailSafe::judge(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                     const AccessPoint& point, const Away& was, bool parked) {
  const std::string& id = point.rules.id;
  const Away& away = away_[id];
  if (parked) return release(out, journal, alarms, now, point, "plugin_parked");
  if (away.device || away.plugin) {
    const bool begins = !was.device && !was.plugin;
    if (begins && !alarms.stands(kAlarm, id)) deadlines_.set(id, now.mono + point.fail_grace);
    return;
  }
  deadlines_.clear(id);
  if (alarms.end(out, kAlarm, id)) {
    journal.append(out, now, Durability::stable, "fail_safe_release_ended",
                   {{"access_point", id}, {"gate", point.gate}});
  }
}

void FailSafe::release(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                       const AccessPoint& point, const std::string& reason) {
  deadlines_.clear(point.rules.id);
  alarms.raise(out, journal, now, kAlarm, point.rules.id,
               {{"access_point", point.rules.id}, {"gate", point.gate}, {"reason", reason}});
}

void FailSafe::tick(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now) {
  for (const auto& id : deadlines_.take_due(now.mono)) {
    for (const auto& point : config_.access_points) {
      if (point.rules.id != id) continue;
      release(out, journal, alarms, now, point,
              away_[id].device ? "reader_offline" : "plugin_down");
    }
  }
}

bool FailSafe::wants_open(const Alarms& alarms, const std::string& gate) const {
  return std::ranges::any_of(config_.access_points, [&](const AccessPoint& point) {
    return point.fail_safe && point.gate == gate && alarms.stands(kAlarm, point.rules.id);
  });
}

}  // namespace xiaogate::site
