// What stands on the premises: relays with gates behind them, a door with a contact, a fire panel,
// and the persons who give orders.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "tests/simulation/world.h"

namespace xiaogate::simulation {
namespace {

constexpr const char* kNorth = "shelly-1";

}  // namespace

void World::start_premises() {
  gates_ = {{kNorth, {}}, {"shelly-2", {}}};
  at(random_.between(500, 5'000), [this] { door_moves(); });
  at(random_.between(1'000, 10'000), [this] { door_tells(); });
  at(random_.between(10'000, 120'000), [this] { panel_changes(); });
  at(random_.between(500, 2'000), [this] { panel_tells(); });
  at(random_.between(20'000, 90'000), [this] { gate_reboots(); });
  at(random_.between(5'000, 60'000), [this] { person_orders(); });
  at(random_.between(30'000, 200'000), [this] { readers_are_parked(); });
  at(random_.between(5'000, 60'000), [this] { bay_changes(); });
  at(random_.between(1'000, 20'000), [this] { sensor_tells(); });
  check_bay();
}

void World::quiet_premises() {
  if (fire_) panel_changes();
  parked_ = false;
  post(site::PluginUp{"reader"});
  if (random_.percent(50)) door(!door_open_);
}

// --- relays --------------------------------------------------------------------------------------

void World::gate_hears(const std::string& topic, const std::string& payload) {
  const auto request = parse_json(payload);
  const std::string prefix = topic.substr(0, topic.find('/'));
  if (!request || !gates_.contains(prefix)) return;
  if (request->value("method", "") == "Switch.Set") {
    Gate& gate = gates_.at(prefix);
    const Json& params = (*request)["params"];
    if (params.contains("toggle_after")) {
      ++summary_.openings;
      trace(prefix + " opens for decision " + (*request)["id"].dump());
      gate.locked_open = false;  // at the end of the pulse the relay is off
      if (prefix == kNorth && random_.percent(70)) {
        at(random_.between(500, 4'000), [this] { door(true); });
      }
    } else {
      gate.locked_open = params["on"].get<bool>();
      trace(prefix + (gate.locked_open ? " is locked open" : " is released"));
    }
  }
  answer_rpc(prefix, *request);
}

void World::answer_rpc(const std::string& prefix, const Json& request) {
  const Json result = request.value("method", "") == "Input.GetStatus"
                          ? Json{{"id", 0}, {"state", door_open_}}
                          : Json{{"was_on", false}};
  const std::string answer = canonical(
      {{"id", request["id"]}, {"src", prefix}, {"dst", request["src"]}, {"result", result}});
  const std::size_t times = copies();
  for (std::size_t i = 0; i < times; ++i) {
    if (lost()) continue;
    at(delay(), [this, answer, to = request["src"].get<std::string>() + "/rpc"] {
      post(site::DeviceMessage{to, answer});
    });
  }
}

// A power cut at the gate: the relay is off, and its will says so. The broker loses no retained
// message.
void World::gate_reboots() {
  if (!chaos_) return;
  const std::string prefix = random_.percent(50) ? kNorth : "shelly-2";
  trace(prefix + " reboots");
  gates_[prefix].locked_open = false;
  gates_[prefix].forgot_at = mono_;
  post(site::DeviceMessage{prefix + "/online", "false"});
  at(random_.between(1'000, 5'000),
     [this, prefix] { post(site::DeviceMessage{prefix + "/online", "true"}); });
  at(random_.between(20'000, 90'000), [this] { gate_reboots(); });
}

// --- the door of the north gate ------------------------------------------------------------------

// By force, with a request to exit, or left open: what no decision of the gateway explains.
void World::door_moves() {
  if (!chaos_) return;
  if (random_.percent(40) && !door_open_) {
    if (random_.percent(50)) {
      const Json pressed{{"src", kNorth},
                         {"method", "NotifyStatus"},
                         {"params", {{"input:1", {{"id", 1}, {"state", true}}}}}};
      if (!lost())
        post(site::DeviceMessage{std::string(kNorth) + "/events/rpc", canonical(pressed)});
    }
    at(random_.between(100, 2'000), [this] { door(true); });
  }
  at(random_.between(5'000, 40'000), [this] { door_moves(); });
}

void World::door(bool open) {
  if (door_open_ == open) return;
  door_open_ = open;
  door_moved_ = mono_;
  trace(open ? "the door opens" : "the door closes");
  const Json told{{"src", kNorth},
                  {"method", "NotifyStatus"},
                  {"params", {{"input:0", {{"id", 0}, {"state", open}}}}}};
  if (!lost()) {
    at(delay(), [this, text = canonical(told)] {
      post(site::DeviceMessage{std::string(kNorth) + "/events/rpc", text});
    });
  }
  if (!open || !chaos_) return;
  at(random_.percent(15) ? random_.between(35'000, 60'000) : random_.between(500, 8'000), [this] {
    if (chaos_) door(false);
  });
}

// The device's full status, now and then.
void World::door_tells() {
  const Json told{{"src", kNorth},
                  {"method", "NotifyFullStatus"},
                  {"params", {{"input:0", {{"id", 0}, {"state", door_open_}}}}}};
  if (!lost()) post(site::DeviceMessage{std::string(kNorth) + "/events/rpc", canonical(told)});
  at(random_.between(5'000, 10'000), [this] { door_tells(); });
}

// --- the fire panel ------------------------------------------------------------------------------

void World::panel_changes() {
  if (!chaos_ && !fire_) return;
  fire_ = !fire_;
  fire_changed_ = mono_;
  trace(fire_ ? "FIRE" : "the fire is out");
  if (fire_) {
    ++summary_.fires;
    check_fire();
  }
  panel_speaks();
  if (chaos_) {
    at(fire_ ? random_.between(35'000, 90'000) : random_.between(40'000, 200'000),
       [this] { panel_changes(); });
  }
}

void World::panel_speaks() {
  const std::string state = canonical({{"online", true}, {"input", {{"active", fire_}}}});
  if (!lost())
    at(delay(), [this, state] { post(site::DeviceMessage{"xg/dev/1/panel/state", state}); });
}

void World::panel_tells() {
  panel_speaks();
  at(Millis(2'000), [this] { panel_tells(); });
}

// --- persons -------------------------------------------------------------------------------------

void World::person_orders() {
  static constexpr const char* kPoints[]{"north", "south", "west"};
  static constexpr const char* kAreas[]{"yard", "back", ""};
  using What = site::Order::What;
  site::Order order{.number = next_order_++, .target = {}, .by = "guard", .reason = "simulated"};
  const std::uint64_t what = random_.below(100);
  if (!chaos_ || what < 30) {
    order.what = What::release;
    if (chaos_) order.target = kAreas[random_.below(3)];
  } else if (what < 50) {
    order.what = What::lock_down;
    order.target = kAreas[random_.below(3)];
  } else {
    order.target = kPoints[random_.below(3)];
  }
  trace("a person orders " + std::to_string(static_cast<int>(order.what)) + " " + order.target);
  ++summary_.orders;
  if (site_) orders_[order.number] = order;
  post(order);
  at(random_.between(2'000, 30'000), [this] { person_orders(); });
}

void World::perform(const site::AnswerOrder& answer) {
  if (orders_.erase(answer.number) == 0)
    return broken("an order was answered twice, or never given");
  if (!answer.record) return;
  const auto& journal = ledger_.journal();
  const bool stable = *answer.record != 0 && *answer.record <= ledger_.stable_head();
  if (!stable) return broken("an order was answered before it was on stable storage");
  const std::string& kind = journal[*answer.record - 1].kind;
  if (kind != "manual_open" && kind != "lock_down" && kind != "lock_down_ended") {
    broken("an order was answered with a record of " + kind);
  }
}

void World::readers_are_parked() {
  if (!chaos_) return;
  parked_ = !parked_;
  trace(parked_ ? "the readers' plugin is parked" : "the readers' plugin is started again");
  if (parked_) {
    post(site::PluginParked{"reader", "simulated"});
  } else {
    restart_plugin("reader");
  }
  at(parked_ ? random_.between(10'000, 30'000) : random_.between(60'000, 200'000),
     [this] { readers_are_parked(); });
}

// --- a parking bay -------------------------------------------------------------------------------

void World::bay_changes() {
  if (!chaos_) return;
  bay_taken_ = !bay_taken_;
  if (random_.percent(20)) sensor_silent_until_ = mono_ + random_.between(50'000, 120'000);
  at(random_.between(5'000, 60'000), [this] { bay_changes(); });
}

// An uplink of a Bosch TPS110 through ChirpStack: one octet, 1 occupied.
void World::sensor_tells() {
  at(random_.between(8'000, 18'000), [this] { sensor_tells(); });
  if (chaos_ && mono_ < sensor_silent_until_) return;
  const auto time =
      std::chrono::hh_mm_ss(now().wall - std::chrono::floor<std::chrono::days>(now().wall));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "2026-06-01T%02d:%02d:%02d.%03dZ",
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  const std::string uplink = canonical({{"deduplicationId", "d-" + std::to_string(++uplinks_)},
                                        {"time", text.data()},
                                        {"deviceInfo", {{"devEui", "0101010101010101"}}},
                                        {"devAddr", "00189440"},
                                        {"fCnt", uplinks_},
                                        {"fPort", 1},
                                        {"data", bay_taken_ ? "AQ==" : "AA=="}});
  const std::size_t times = copies();
  for (std::size_t i = 0; i < times; ++i) {
    if (lost()) continue;
    at(delay(), [this, uplink] {
      sensor_told_ = mono_;
      post(site::DeviceMessage{"application/app/device/0101010101010101/event/up", uplink});
    });
  }
}

}  // namespace xiaogate::simulation
