#include "site/lock_open.h"

#include <algorithm>

namespace xiaogate::site {
namespace {

constexpr std::string_view kPrefix = "lock_open/";
// Commands that wait for an answer; the oldest is forgotten beyond that.
constexpr std::size_t kMostCommands = 8;

}  // namespace

std::string_view to_string(LockOpen::Cause cause) {
  switch (cause) {
    case LockOpen::Cause::none:
      break;
    case LockOpen::Cause::fail_safe:
      return "fail_safe";
    case LockOpen::Cause::fire:
      return "fire";
  }
  return "none";
}

LockOpen::LockOpen(const SiteConfig& config, const std::map<std::string, std::string>& state,
                   const std::set<std::string>& told_open) {
  for (const auto& point : config.access_points) {
    const auto device = config.devices.find(point.gate);
    if (device == config.devices.end()) continue;
    Gate& gate = gates_[point.gate];
    gate.device = &device->second;
    gate.can_lock = device->second.offers("gate", "lock_open");
    gate.pulse = std::max(gate.pulse, point.pulse);
    gate.told_open =
        told_open.contains(point.gate) || state.contains(std::string(kPrefix) + point.gate);
  }
}

void LockOpen::put(Effects& out, const Gate& gate) const {
  out.writes.emplace_back(
      PutSiteState{std::string(kPrefix) + gate.device->id, gate.told_open ? "true" : ""});
}

void LockOpen::want(Effects& out, JournalWriter& journal, Alarms& alarms, Calls& calls,
                    const Instant& now, const std::string& id, Cause cause) {
  const auto found = gates_.find(id);
  if (found == gates_.end()) return;
  Gate& gate = found->second;
  const bool open = cause != Cause::none;
  const bool was_open = gate.cause != Cause::none;
  // A fire does not rely on commands that waited for a commit.
  const bool fire_begins = cause == Cause::fire && gate.cause != Cause::fire;
  gate.cause = cause;
  if (open == was_open && !fire_begins && (open || !gate.told_open || !gate.confirmed)) return;
  gate.confirmed = false;
  gate.since = now.mono;
  gate.commands.clear();
  if (open && !gate.told_open) {
    gate.told_open = true;
    put(out, gate);
  }
  if (!open && !gate.can_lock) return released(out, journal, alarms, now, gate);
  command(out, calls, now, gate);
}

// By its own word, or because it closes by itself.
void LockOpen::released(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                        Gate& gate) {
  const std::string& id = gate.device->id;
  alarms.end(out, "gate_unanswered", id);
  journal.append(out, now, Durability::stable, "gate_lock_open_released", {{"gate", id}});
  gate.confirmed = true;
  gate.told_open = false;
  put(out, gate);
  deadlines_.clear(id);
}

void LockOpen::command(Effects& out, Calls& calls, const Instant& now, Gate& gate) {
  const bool open = gate.cause != Cause::none;
  PluginInput input{.kind = PluginInputKind::command,
                    .device = gate.device->id,
                    .name = !open           ? "lock_open_release"
                            : gate.can_lock ? "lock_open"
                                            : "open",
                    .data = "{}"};
  gate.commands.push_back(gate.cause == Cause::fire
                              ? calls.call_for_safety(out, *gate.device, std::move(input))
                              : calls.hold(out, *gate.device, std::move(input), open));
  if (gate.commands.size() > kMostCommands) gate.commands.pop_front();
  deadlines_.set(gate.device->id, now.mono + kRepeat);
}

void LockOpen::renew(Effects& out, Calls& calls, const Instant& now, const std::string& id) {
  const auto found = gates_.find(id);
  if (found == gates_.end()) return;
  Gate& gate = found->second;
  if (gate.cause == Cause::none && gate.confirmed) return;
  if (gate.confirmed) {
    gate.confirmed = false;
    gate.since = now.mono;
    gate.commands.clear();
  }
  command(out, calls, now, gate);
}

bool LockOpen::answered(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                        const std::string& id, std::uint64_t command, bool done) {
  const auto found = gates_.find(id);
  if (found == gates_.end()) return false;
  Gate& gate = found->second;
  const auto known = std::ranges::find(gate.commands, command);
  if (known == gate.commands.end()) return false;
  gate.commands.erase(known);
  if (!done) return true;  // it is told again
  alarms.end(out, "gate_unanswered", id);
  if (gate.confirmed) return true;
  if (gate.cause == Cause::none) {
    released(out, journal, alarms, now, gate);
    return true;
  }
  gate.confirmed = true;
  journal.append(out, now, Durability::stable, "gate_locked_open",
                 {{"gate", id}, {"cause", to_string(gate.cause)}});
  if (!gate.can_lock) {
    deadlines_.set(id, now.mono + gate.pulse);
  } else {
    deadlines_.clear(id);
  }
  return true;
}

void LockOpen::tick(Effects& out, JournalWriter& journal, Alarms& alarms, Calls& calls,
                    const Instant& now) {
  for (const auto& id : deadlines_.take_due(now.mono)) {
    Gate& gate = gates_.at(id);
    if (!gate.confirmed && now.mono - gate.since >= kSilence) {
      alarms.raise(out, journal, now, "gate_unanswered", id,
                   {{"gate", id},
                    {"action", gate.cause == Cause::none ? "lock_open_release" : "lock_open"},
                    {"cause", to_string(gate.cause)}});
    }
    command(out, calls, now, gate);
    // A gate that closes by itself and has confirmed once is opened anew each pulse.
    if (gate.confirmed) deadlines_.set(id, now.mono + gate.pulse);
  }
}

LockOpen::Cause LockOpen::cause(const std::string& id) const {
  const auto found = gates_.find(id);
  return found == gates_.end() ? Cause::none : found->second.cause;
}

bool LockOpen::holds(const std::string& id) const {
  const auto found = gates_.find(id);
  return found != gates_.end() && (found->second.cause != Cause::none || found->second.told_open);
}

std::set<std::string> LockOpen::told_open() const {
  std::set<std::string> told;
  for (const auto& [id, gate] : gates_) {
    if (gate.told_open) told.insert(id);
  }
  return told;
}

}  // namespace xiaogate::site
