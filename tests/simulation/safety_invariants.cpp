// What must hold of gates and doors in fires, lock-downs and orders. What may open a door is read
// from the journal, by rules written down here once more.

#include <algorithm>
#include <string>

#include "tests/simulation/world.h"

namespace xiaogate::simulation {
namespace {

constexpr Millis kTakeTime{15'000};
constexpr Millis kTooLong{30'000};
// Losses, slow plugins, crashes: by then the site knows, and the gate has heard.
constexpr Millis kFireBound{30'000};
constexpr Millis kKnown{15'000};

std::string text_of(const Json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_fire_command(const site::Action& action) {
  if (const auto* call = std::get_if<site::CallPlugin>(&action)) {
    const bool decodes =
        call->call.input.kind == PluginInputKind::message && call->call.input.device == "panel";
    return decodes || call->call.input.name == "lock_open";
  }
  const auto* publish = std::get_if<site::PublishToDevice>(&action);
  const auto request = publish == nullptr ? failure("", "") : parse_json(publish->payload);
  return request && request->value("method", "") == "Switch.Set" &&
         !(*request)["params"].contains("toggle_after") && (*request)["params"]["on"] == true;
}

}  // namespace

void World::check_failed_turn(const std::vector<site::Action>& actions) {
  if (!std::ranges::all_of(actions, is_fire_command)) {
    broken("a failed turn let out what a fire does not need");
  }
}

void World::check_holding(const site::PublishToDevice& publish, bool open) {
  if (!open) {
    if (fire_ && mono_ - fire_changed_ > kKnown) broken("a gate was closed in a fire");
    return;
  }
  const bool fire = fire_ || mono_ - fire_changed_ <= kKnown;
  const bool fail_safe =
      publish.topic.starts_with("shelly-2/") && (fail_safe_ || mono_ - fail_safe_ended_ <= kKnown);
  if (!fire && !fail_safe) broken("a gate was locked open without a cause");
}

// Again each second while it burns.
void World::check_fire() {
  if (!fire_) return;
  for (const auto& [prefix, gate] : gates_) {
    const MonoTime since = std::max(fire_changed_, gate.forgot_at);
    if (!gate.locked_open && mono_ - since > kFireBound) broken(prefix + " is shut in a fire");
  }
  at(Millis(1'000), [this] { check_fire(); });
}

bool World::is_locked_down(const std::string& access_point) const {
  if (burning_) return false;
  const bool back = access_point == "south" && locked_down_.contains("back");
  return locked_down_.contains("site") || locked_down_.contains("yard") || back;
}

void World::check_safety_record(const Record& record) {
  const Json body = parse_json(record.body).value();
  const std::string& kind = record.kind;
  const std::string which = " (record " + std::to_string(record.seq) + ")";
  const DoorOnRecord& door = doors_[text_of(body, "gate")];
  if ((kind == "access_granted" || kind == "manual_open") &&
      is_locked_down(text_of(body, "access_point"))) {
    broken("an opening was decided in a lock-down" + which);
  }
  const bool unsure = mono_ < unsure_until_;
  if (kind == "gate_forced_open") {
    ++summary_.alarms;
    if (!door.forcible && !unsure)
      broken("a door that was allowed to open is called forced" + which);
  }
  if (kind == "gate_held_open") {
    ++summary_.alarms;
    const bool early = mono_ - door.changed < kTooLong && !unsure;
    if (door.held || door.open != true || early) {
      broken("a door is called held open that is not" + which);
    }
  }
  if (kind == "gate_closed_again" && !door.forced && !door.too_long) {
    broken("a door's alarm ended that did not stand" + which);
  }
  if ((kind == "access_taken" || kind == "access_not_taken") &&
      taken_.contains(body["decision"].get<std::uint64_t>())) {
    broken("an opening was taken or not taken twice" + which);
  }
  note_safety_record(record, body);
}

void World::note_door(MonoTime when, DoorOnRecord& door, bool open) {
  door.forcible = open && door.open == false && !door.held && when > door.allowed_until;
  door.open = open;
  door.changed = when;
}

void World::note_safety_record(const Record& record, const Json& body) {
  const std::string& kind = record.kind;
  const MonoTime when = recorded_at_.at(record.seq);
  DoorOnRecord& door = doors_[text_of(body, "gate")];
  const auto allow = [&] { door.allowed_until = std::max(door.allowed_until, when + kTakeTime); };
  if (kind == "gate_door") note_door(when, door, body["open"].get<bool>());
  if (kind == "gate_forced_open") {
    door.forced = true;
    door.forcible = false;
  }
  if (kind == "gate_held_open") door.too_long = true;
  if (kind == "gate_closed_again") door.forced = door.too_long = false;
  if ((kind == "access_granted" || kind == "manual_open") && !body.contains("held_open")) allow();
  if (kind == "gate_opened" || kind == "exit_requested") allow();
  if (kind == "access_taken" || kind == "access_not_taken") {
    taken_.insert(body["decision"].get<std::uint64_t>());
  }
  if (kind == "lock_down") locked_down_[text_of(body, "area")] = when;
  if (kind == "lock_down_ended") locked_down_.erase(text_of(body, "area"));
  if (kind == "fire_release") doors_["gate-1"].held = doors_["gate-2"].held = burning_ = true;
  if (kind == "fire_release_ended") burning_ = false;
  if (kind == "fail_safe_release") door.held = fail_safe_ = true;
  if (kind == "fail_safe_release_ended") {
    fail_safe_ = false;
    fail_safe_ended_ = mono_;
  }
  if (kind == "gate_lock_open_released") {
    door.held = false;
    door.changed = std::max(door.changed, when);
    allow();
  }
}

// After a turn: what was forced has its alarm. In the seconds around a fire the gate may be held
// open although a failed commit kept that off the record.
void World::check_doors() {
  for (auto& [gate, door] : doors_) {
    const bool maybe_held = fire_ || mono_ - fire_changed_ <= kFireBound;
    const bool sure = !maybe_held && mono_ >= unsure_until_;
    if (door.forcible && sure) broken(gate + " was forced open and there is no alarm");
    door.forcible = false;
  }
}

// Now and then: what nobody has heard for twice the heartbeat is not told.
void World::check_bay() {
  constexpr Millis kTwiceTheHeartbeat{40'000};
  if (site_) {
    const Json bays = site_->status(now().wall)["bays"];
    const bool unknown = bays["bay"]["state"] == "unknown";
    const bool silent = mono_ - sensor_told_ > kTwiceTheHeartbeat + kKnown;
    if (silent && !unknown && mono_ >= unsure_until_)
      broken("a bay is told although its sensor is silent");
  }
  at(Millis(5'000), [this] { check_bay(); });
}

// A power cut may have taken records away.
void World::read_journal_again() {
  doors_.clear();
  locked_down_.clear();
  taken_.clear();
  burning_ = fail_safe_ = false;
  for (const auto& record : ledger_.journal()) {
    note_safety_record(record, parse_json(record.body).value());
  }
  for (auto& [gate, door] : doors_) door.forcible = false;
}

void World::check_premises_end() {
  for (const auto& [prefix, gate] : gates_) {
    if (gate.locked_open) broken(prefix + " is still locked open at the end");
  }
  std::set<std::string> standing;
  for (const auto& alarm : site_->alarms()) standing.insert(alarm["kind"].get<std::string>());
  const bool too_long = door_open_ && mono_ - door_moved_ > kTooLong + kKnown;
  if (standing.contains("gate_held_open") != too_long) {
    broken(too_long ? "the door stands open without an alarm"
                    : "the door is shut and the alarm stands");
  }
  const Json bays = site_->status(now().wall)["bays"];
  if (bays["bay"]["state"] != (bay_taken_ ? "occupied" : "free")) broken("the bay is told wrong");
  if (!door_open_ && standing.contains("gate_forced_open")) broken("a shut door is called forced");
  for (const char* kind : {"fire_release", "lock_down", "fail_safe_release", "plugin_parked",
                           "gate_unanswered", "bay_silent"}) {
    if (standing.contains(kind)) broken(std::string(kind) + " stands at the end");
  }
}

}  // namespace xiaogate::simulation
