#include "site/bays.h"

#include <algorithm>

namespace xiaogate::site {
namespace {

constexpr std::string_view kPrefix = "bay/";
constexpr int kLowPercent = 10;
constexpr int kGoodPercent = 20;  // apart, so that a battery at the edge is one alarm

Millis patience(const Bay& bay) {
  return 2 * bay.heartbeat;
}

std::string text_of(const Json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

const char* Bays::to_string(State state) {
  switch (state) {
    case State::free:
      return "free";
    case State::occupied:
      return "occupied";
    case State::unknown:
      break;
  }
  return "unknown";
}

Bays::State Bays::parse(const std::string& text) {
  if (text == "free") return State::free;
  return text == "occupied" ? State::occupied : State::unknown;
}

Bays::Bays(const SiteConfig& config, const std::map<std::string, std::string>& state,
           const Instant& now)
    : config_(config) {
  for (const auto& bay : config.bays) {
    Place place{.bay = &bay, .state = State::unknown, .heard = now.mono};
    if (const auto stored = state.find(std::string(kPrefix) + bay.id); stored != state.end()) {
      restore(place, stored->second, now);
    }
    of_sensor_[bay.sensor] = places_.size();
    deadlines_.set(places_.size(), place.heard + patience(bay));
    places_.push_back(place);
  }
}

// What was heard before a restart counts by the wall clock. A bay whose sensor has been silent for
// too long meanwhile is unknown from the start; the first tick says so.
void Bays::restore(Place& place, const std::string& stored, const Instant& now) {
  const auto json = parse_json(stored);
  if (!json || !json->is_object()) return;
  place.state = parse(text_of(*json, "state"));
  place.heard_stored = WallTime(Millis(json->value("heard", std::int64_t{0})));
  const Millis silent = std::max(Millis(0), now.wall - place.heard_stored);
  place.heard = now.mono - silent;
}

void Bays::put(Effects& out, Place& place, WallTime heard) {
  place.heard_stored = heard;
  out.writes.emplace_back(PutSiteState{
      std::string(kPrefix) + place.bay->id,
      canonical({{"state", to_string(place.state)}, {"heard", heard.time_since_epoch().count()}})});
}

bool Bays::event(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                 const std::string& sensor, const std::string& name, const Json& body) {
  const auto found = of_sensor_.find(sensor);
  if (found == of_sensor_.end()) return false;
  Place& place = places_[found->second];
  if (name != "occupancy" && name != "battery" && name != "temperature" && name != "alive" &&
      name != "fault") {
    return false;
  }
  heard(out, journal, alarms, now, place);
  if (name == "occupancy") {
    occupancy(out, journal, alarms, now, place, parse(text_of(body, "state")));
  } else if (name == "battery") {
    battery(out, journal, alarms, now, place, body);
  } else if (name == "fault") {
    fault(out, journal, alarms, now, place, body);
  }
  return true;
}

void Bays::heard(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                 Place& place) {
  place.heard = now.mono;
  // Stored now and then: it may be older than it was, never younger, and not ahead of a clock that
  // was set back.
  if (std::chrono::abs(now.wall - place.heard_stored) >= place.bay->heartbeat / 4) {
    put(out, place, now.wall);
  }
  if (!alarms.end(out, "bay_silent", place.bay->id)) return;
  journal.append(out, now, Durability::stable, "bay_heard_again", {{"bay", place.bay->id}});
  deadlines_.set(static_cast<std::size_t>(&place - places_.data()),
                 now.mono + patience(*place.bay));
}

void Bays::change(Effects& out, JournalWriter& journal, const Instant& now, Place& place,
                  State state) {
  if (place.state == state) return;
  journal.append(
      out, now, Durability::ordered, "bay_changed",
      {{"bay", place.bay->id}, {"state", to_string(state)}, {"was", to_string(place.state)}});
  place.state = state;
}

void Bays::occupancy(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                     Place& place, State state) {
  if (place.state != state) {
    change(out, journal, now, place, state);
    put(out, place, now.wall);
  }
  if (state != State::unknown && alarms.end(out, "bay_fault", place.bay->id)) {
    journal.append(out, now, Durability::ordered, "bay_fault_ended", {{"bay", place.bay->id}});
  }
}

void Bays::battery(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                   const Place& place, const Json& body) {
  const auto percent = body.find("percent");
  if (percent == body.end() || !percent->is_number_integer()) return;
  const auto left = percent->get<int>();
  if (left <= kLowPercent) {
    alarms.raise(out, journal, now, "bay_battery_low", place.bay->id,
                 {{"bay", place.bay->id}, {"sensor", place.bay->sensor}, {"percent", left}});
  } else if (left >= kGoodPercent && alarms.end(out, "bay_battery_low", place.bay->id)) {
    journal.append(out, now, Durability::ordered, "bay_battery_good",
                   {{"bay", place.bay->id}, {"percent", left}});
  }
}

void Bays::fault(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now,
                 const Place& place, const Json& body) {
  const std::string kind = text_of(body, "kind");
  const Json told{{"bay", place.bay->id},
                  {"sensor", place.bay->sensor},
                  {"fault", kind},
                  {"message", printable(text_of(body, "message"))}};
  if (kind == "battery_low") {
    alarms.raise(out, journal, now, "bay_battery_low", place.bay->id, told);
  } else if (kind == "restarted") {
    journal.append(out, now, Durability::ordered, "bay_sensor_restarted", told);
  } else {
    alarms.raise(out, journal, now, "bay_fault", place.bay->id, told);
  }
}

void Bays::tick(Effects& out, JournalWriter& journal, Alarms& alarms, const Instant& now) {
  for (const std::size_t index : deadlines_.take_due(now.mono)) {
    Place& place = places_[index];
    const MonoTime due = place.heard + patience(*place.bay);
    if (due > now.mono) {  // heard since the deadline was set
      deadlines_.set(index, due);
      continue;
    }
    const auto silent = std::chrono::duration_cast<std::chrono::seconds>(now.mono - place.heard);
    alarms.raise(
        out, journal, now, "bay_silent", place.bay->id,
        {{"bay", place.bay->id}, {"sensor", place.bay->sensor}, {"silent_s", silent.count()}});
    if (place.state == State::unknown) continue;
    change(out, journal, now, place, State::unknown);
    put(out, place, place.heard_stored);
  }
}

Json Bays::status(WallTime now) const {
  Json status = Json::object();
  for (const auto& place : places_) {
    const Bay& bay = *place.bay;
    status[bay.id] = {{"name_en", bay.name_en},
                      {"name_zh", bay.name_zh},
                      {"area", bay.area},
                      {"state", to_string(place.state)},
                      {"riders", access::contains(bay.hours, config_.policy.calendar, now)}};
  }
  return status;
}

Json Bays::counts(const std::string& area) const {
  std::map<std::string, int> counts;
  for (const auto& place : places_) {
    if (place.bay->area != area) continue;
    if (counts.empty()) counts = {{"free", 0}, {"occupied", 0}, {"unknown", 0}};
    ++counts[to_string(place.state)];
  }
  return counts;
}

}  // namespace xiaogate::site
