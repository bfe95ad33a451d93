#include "site/gate_watch.h"

#include <algorithm>
#include <set>

#include "site/openings.h"

namespace xiaogate::site {
namespace {

constexpr std::string_view kPrefix = "gate/";

const std::set<std::string_view> kTellsOfOpenings{
    "access_granted",         "manual_open",  "gate_opened",
    "exit_requested",         "access_taken", "access_not_taken",
    "gate_lock_open_released"};

std::optional<bool> flag(const Json& body, const char* member) {
  const auto found = body.find(member);
  if (found == body.end() || !found->is_boolean()) return std::nullopt;
  return found->get<bool>();
}

void put_door(Effects& out, const std::string& gate, bool open, WallTime since) {
  out.writes.emplace_back(
      PutSiteState{std::string(kPrefix) + gate,
                   canonical({{"open", open}, {"since", since.time_since_epoch().count()}})});
}

}  // namespace

GateWatch::GateWatch(const SiteConfig& config, const Recovered& recovered, const Instant& now) {
  for (const auto& point : config.access_points) {
    Gate& gate = gates_[point.gate];
    gate.take_time = std::max(gate.take_time, point.take_time);
    gate.open_too_long = std::max(gate.open_too_long, point.open_too_long);
  }
  const AccessPoint usual;
  for (const auto& [id, device] : config.devices) {
    if (!device.interfaces.contains("gate")) continue;
    const auto [gate, without_point] = gates_.try_emplace(id);
    gate->second.tells_passage = device.offers("gate", "passed");
    if (!without_point) continue;
    gate->second.take_time = usual.take_time;
    gate->second.open_too_long = usual.open_too_long;
  }
  restore(recovered, now);
  restore_openings(recovered.recent, now);
}

Millis GateWatch::memory(const SiteConfig& config) {
  Millis longest{0};
  for (const auto& point : config.access_points) longest = std::max(longest, point.take_time);
  return longest + Openings::kAnswerPatience + AccessPoint::kLongestTtl;
}

void GateWatch::restore(const Recovered& recovered, const Instant& now) {
  for (auto& [id, gate] : gates_) {
    const auto stored = recovered.state.find(std::string(kPrefix) + id);
    if (stored == recovered.state.end()) continue;
    const auto json = parse_json(stored->second);
    if (!json || !json->is_object()) continue;
    gate.open = json->value("open", false);
    gate.open_since = WallTime(Millis(json->value("since", std::int64_t{0})));
    if (!*gate.open) continue;
    const Millis open_for = std::max(Millis(0), now.wall - gate.open_since);
    gate.too_long = now.mono + std::max(Millis(0), gate.open_too_long - open_for);
    plan(id, gate);
  }
}

// The journal is the memory of what was opened: nobody is called an intruder because the gateway
// was restarted between the opening and the door.
void GateWatch::restore_openings(const std::vector<Record>& recent, const Instant& now) {
  for (const auto& record : recent) {
    if (!kTellsOfOpenings.contains(record.kind)) continue;
    const auto body = parse_json(record.body);
    if (!body || !body->is_object()) continue;
    const auto found = gates_.find(body->value("gate", ""));
    if (found == gates_.end()) continue;
    Gate& gate = found->second;
    const Millis age = std::max(Millis(0), now.wall - record.time);
    const auto decision = body->value("decision", record.seq);
    const MonoTime until = now.mono + gate.take_time - age;
    if (record.kind == "access_granted" || record.kind == "manual_open") {
      if (body->value("held_open", false)) continue;
      allow(gate, until);
      if (until > now.mono) gate.waiting.push_back({.decision = record.seq, .until = until});
    } else if (record.kind == "gate_opened") {
      allow(gate, until);
      for (auto& waiting : gate.waiting) {
        if (waiting.decision == decision) waiting.until = until;
      }
    } else if (record.kind == "exit_requested" || record.kind == "gate_lock_open_released") {
      allow(gate, until);
    } else if (record.kind == "access_taken" || record.kind == "access_not_taken") {
      std::erase_if(gate.waiting, [&](const Waiting& w) { return w.decision == decision; });
    }
    plan(found->first, gate);
  }
}

void GateWatch::allow(Gate& gate, MonoTime until) {
  gate.may_open_until = std::max(gate.may_open_until.value_or(until), until);
}

void GateWatch::plan(const std::string& id, const Gate& gate) {
  std::optional<MonoTime> due = gate.too_long;
  for (const auto& waiting : gate.waiting)
    due = std::min(due.value_or(waiting.until), waiting.until);
  if (due) {
    deadlines_.set(id, *due);
  } else {
    deadlines_.clear(id);
  }
}

void GateWatch::opening(const std::string& id, std::uint64_t decision, MonoTime now) {
  const auto found = gates_.find(id);
  if (found == gates_.end()) return;
  Gate& gate = found->second;
  allow(gate, now + gate.take_time);
  gate.waiting.push_back({.decision = decision, .until = now + gate.take_time});
  plan(id, gate);
}

void GateWatch::confirmed(const std::string& id, std::uint64_t decision, MonoTime now) {
  const auto found = gates_.find(id);
  if (found == gates_.end()) return;
  Gate& gate = found->second;
  allow(gate, now + gate.take_time);
  for (auto& waiting : gate.waiting) {
    if (waiting.decision == decision) waiting.until = now + gate.take_time;
  }
  plan(id, gate);
}

void GateWatch::held_open(Effects& out, const std::string& id, bool held, const Instant& now) {
  const auto found = gates_.find(id);
  if (found == gates_.end() || found->second.held == held) return;
  Gate& gate = found->second;
  gate.held = held;
  gate.too_long.reset();
  if (held) {
    gate.waiting.clear();
  } else {
    // Whoever is in the doorway when it ends is no intruder.
    allow(gate, now.mono + gate.take_time);
    if (gate.open == true) {  // from now on it should not be
      gate.open_since = now.wall;
      gate.too_long = now.mono + gate.open_too_long;
      put_door(out, id, true, now.wall);
    }
  }
  plan(id, gate);
}

GateWatch::Told GateWatch::event(Effects& out, JournalWriter& journal, Alarms& alarms,
                                 const Instant& now, const std::string& id, const std::string& name,
                                 const Json& body) {
  const auto found = gates_.find(id);
  if (found == gates_.end()) return Told::unknown_event;
  Gate& gate = found->second;
  if (name == "door") {
    const auto open = flag(body, "open");
    if (!open) return Told::unknown_event;
    door(out, journal, alarms, now, id, gate, *open);
    return Told::understood;
  }
  if (name == "passed" || name == "not_passed") {
    return passage(out, journal, now, id, gate, name == "passed", body);
  }
  if (name == "exit_requested") {
    allow(gate, now.mono + gate.take_time);
    journal.append(out, now, Durability::ordered, "exit_requested", {{"gate", id}});
    return Told::understood;
  }
  return Told::unknown_event;
}

void GateWatch::door(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                     const std::string& id, Gate& gate, bool open) {
  if (gate.open == open) return;
  const bool was_closed = gate.open == false;
  const WallTime open_since = gate.open_since;
  gate.open = open;
  journal.append(out, now, Durability::ordered, "gate_door", {{"gate", id}, {"open", open}});
  put_door(out, id, open, now.wall);
  if (open) return door_opened(out, journal, alarms, now, id, gate, was_closed);
  gate.too_long.reset();
  plan(id, gate);
  const bool forced = alarms.end(out, "gate_forced_open", id);
  const bool held = alarms.end(out, "gate_held_open", id);
  if (!forced && !held) return;
  const auto open_for = std::chrono::duration_cast<std::chrono::seconds>(now.wall - open_since);
  journal.append(
      out, now, Durability::stable, "gate_closed_again",
      {{"gate", id}, {"open_s", std::max(open_for.count(), decltype(open_for)::rep{0})}});
}

void GateWatch::door_opened(Effects& out, JournalWriter& journal, Alarms& alarms,
                            const Instant& now, const std::string& id, Gate& gate,
                            bool was_closed) {
  gate.open_since = now.wall;
  if (!gate.held) gate.too_long = now.mono + gate.open_too_long;
  if (!gate.waiting.empty() && !gate.tells_passage && was_closed) {
    journal.append(out, now, Durability::ordered, "access_taken",
                   {{"decision", gate.waiting.front().decision}, {"gate", id}, {"by", "door"}});
    gate.waiting.pop_front();
  }
  // A contact that is heard for the first time may have been open since long ago.
  const bool allowed = gate.held || (gate.may_open_until && now.mono <= *gate.may_open_until);
  if (was_closed && !allowed) {
    alarms.raise(out, journal, now, "gate_forced_open", id, {{"gate", id}});
  }
  plan(id, gate);
}

GateWatch::Told GateWatch::passage(Effects& out, JournalWriter& journal, const Instant& now,
                                   const std::string& id, Gate& gate, bool taken,
                                   const Json& body) {
  const auto command = body.find("command");
  const auto found =
      command != body.end() && command->is_number_unsigned()
          ? std::ranges::find(gate.waiting, command->get<std::uint64_t>(), &Waiting::decision)
          : gate.waiting.begin();
  if (found == gate.waiting.end()) {
    const bool allowed = gate.held || (gate.may_open_until && now.mono <= *gate.may_open_until);
    return allowed ? Told::understood : Told::no_such_opening;
  }
  journal.append(out, now, Durability::ordered, taken ? "access_taken" : "access_not_taken",
                 {{"decision", found->decision}, {"gate", id}, {"by", "gate"}});
  gate.waiting.erase(found);
  plan(id, gate);
  return Told::understood;
}

void GateWatch::tick(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now) {
  for (const auto& id : deadlines_.take_due(now.mono)) {
    Gate& gate = gates_.at(id);
    // A door that stands open, or was never heard, does not tell whether somebody went through.
    const bool known = gate.tells_passage || gate.open == false;
    std::erase_if(gate.waiting, [&](const Waiting& waiting) {
      if (waiting.until > now.mono) return false;
      if (!known) return true;
      journal.append(out, now, Durability::ordered, "access_not_taken",
                     {{"decision", waiting.decision},
                      {"gate", id},
                      {"by", gate.tells_passage ? "silence" : "door"}});
      return true;
    });
    if (gate.too_long && *gate.too_long <= now.mono) {
      gate.too_long.reset();
      const auto open_for =
          std::chrono::duration_cast<std::chrono::seconds>(now.wall - gate.open_since);
      alarms.raise(out, journal, now, "gate_held_open", id,
                   {{"gate", id}, {"open_s", open_for.count()}});
    }
    plan(id, gate);
  }
}

std::map<std::string, bool> GateWatch::doors() const {
  std::map<std::string, bool> doors;
  for (const auto& [id, gate] : gates_) {
    if (gate.open) doors[id] = *gate.open;
  }
  return doors;
}

std::string GateWatch::door(const std::string& id) const {
  const auto found = gates_.find(id);
  if (found == gates_.end() || !found->second.open) return "unknown";
  return *found->second.open ? "open" : "closed";
}

}  // namespace xiaogate::site
