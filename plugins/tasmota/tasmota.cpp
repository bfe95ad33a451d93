// Gates behind a relay that runs Tasmota.
//
// Sources, all of tasmota.github.io/docs: MQTT (topics, command flow, empty payloads), Commands
// (Power, PulseTime, Backlog, Status), Buttons-and-Switches (SwitchMode, SetOption114).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "xiaogate/plugin.hpp"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

// Tasmota's answers carry no number: they come in the order of the commands, and a command that was
// not answered by then has been lost.
constexpr std::int64_t kAnswerPatienceMs = 5000;
constexpr std::size_t kMostUnanswered = 64;

// A question may be lost: the gateway hears that a device is there before it can publish.
constexpr std::int64_t kAskAgainMs = 2000;
constexpr const char* kAskAgain = "ask";

struct Command {
  std::uint64_t id;
  bool on;  // the power that it asks for
  std::int64_t sent_ms;
};

struct Gate {
  std::string topic;
  std::string relay;
  int pulse_time = 0;
  std::string door_switch;  // "Switch1"; empty: none
  std::string door_when_open;
  std::string exit_switch;

  std::deque<Command> unanswered;
  std::optional<bool> online;
  bool locked_open = false;
  bool pulse_known = false;    // the device has confirmed its PulseTime
  bool pulse_written = false;  // since it came to its broker
  bool pulse_asked = false;    // and not answered yet
  bool door_asked = false;
};

// Commands, PulseTime: 1 to 111 are tenths of a second, from 112 on seconds and 100.
int pulse_time(double seconds) {
  if (seconds <= 11.1) return std::max(1, static_cast<int>(std::lround(seconds * 10)));
  return std::max(12, static_cast<int>(std::ceil(seconds))) + 100;
}

Gate read_gate(const json& options) {
  Gate gate;
  const auto name_of = [&](const char* option) {
    return options.contains(option) ? "Switch" + std::to_string(options.at(option).get<int>())
                                    : std::string();
  };
  gate.topic = options.at("topic").get<std::string>();
  gate.relay = std::to_string(options.at("relay").get<int>());
  gate.pulse_time = pulse_time(options.at("pulse_s").get<double>());
  gate.door_switch = name_of("door_switch");
  gate.door_when_open = options.at("door_when_open").get<std::string>();
  gate.exit_switch = name_of("exit_switch");
  return gate;
}

class Tasmota : public xiaogate::sdk::Plugin {
 public:
  Tasmota(std::string_view config, const State& state) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) {
      Gate gate = read_gate(options);
      gate.locked_open = state.contains(lock_key(device));
      gates_.emplace(device, std::move(gate));
    }
  }

  bool command(const Input& in, Effects& effects) override {
    Gate& gate = gates_.at(std::string(in.device));
    const bool on = in.name != "lock_open_release";
    if (in.name != "open") {
      if (on && in.name != "lock_open") return false;
      gate.locked_open = on;
      effects.put(lock_key(in.device), on ? "1" : "");
    }
    if (gate.unanswered.size() == kMostUnanswered) gate.unanswered.pop_front();
    gate.unanswered.push_back({in.id, on, in.now_ms});
    if (in.name == "open" && (gate.pulse_known || gate.locked_open)) {
      return send(gate, in, "POWER" + gate.relay, "ON", effects);
    }
    // While PulseTime is not known to be right it goes along, so that no opening lasts for ever;
    // 0 holds the relay. One message: nothing can come between the two.
    const bool hold = in.name == "lock_open";
    gate.pulse_known = false;
    return send(gate, in, "Backlog0",
                "PulseTime" + gate.relay + " " + std::to_string(hold ? 0 : gate.pulse_time) +
                    "; POWER" + gate.relay + (on ? " ON" : " OFF"),
                effects);
  }

  bool timer(const Input& in, Effects& effects) override {
    ask(gates_.at(std::string(in.device)), in, effects);
    return true;
  }

  bool message(const Input& in, Effects& effects) override {
    Gate& gate = gates_.at(std::string(in.device));
    if (in.name == "tele/" + gate.topic + "/LWT") return presence(gate, in, effects);
    if (in.name == "tele/" + gate.topic + "/STATE") return true;
    const bool result = in.name == "stat/" + gate.topic + "/RESULT";
    const bool sensors = in.name == "tele/" + gate.topic + "/SENSOR";
    const bool status = in.name == "stat/" + gate.topic + "/STATUS10";
    // stat/POWER, stat/SWITCH1T and the like repeat what RESULT says.
    if (!result && !sensors && !status) return true;
    const json body = json::parse(in.data);
    if (!body.is_object()) return false;
    if (result) return answer(gate, in, body, effects);
    if (status) gate.door_asked = false;
    door(gate, in, status ? body.at("StatusSNS") : body, effects);
    return true;
  }

 private:
  static std::string lock_key(std::string_view device) {
    return "locked_open/" + std::string(device);
  }

  // QoS 0: a broker must never keep an opening for a device that is away.
  static bool send(const Gate& gate, const Input& in, const std::string& name,
                   const std::string& parameter, Effects& effects) {
    return effects.publish(in.device, "cmnd/" + gate.topic + "/" + name, parameter, 0);
  }

  // Once it is there it is asked for what it may have missed or forgotten: an empty payload asks.
  static bool presence(Gate& gate, const Input& in, Effects& effects) {
    if (in.data != "Online" && in.data != "Offline") return false;
    const bool now = in.data == "Online";
    if (gate.online != now) effects.event(in.device, "online", json{{"online", now}}.dump());
    gate.online = now;
    gate.pulse_known = false;
    gate.pulse_written = false;
    gate.pulse_asked = now;
    gate.door_asked = now && !gate.door_switch.empty();
    ask(gate, in, effects);
    return true;
  }

  static void ask(const Gate& gate, const Input& in, Effects& effects) {
    if (gate.pulse_asked) send(gate, in, "PulseTime" + gate.relay, "", effects);
    if (gate.door_asked) send(gate, in, "Status", "10", effects);
    if (gate.pulse_asked || gate.door_asked) effects.timer(in.device, kAskAgain, kAskAgainMs);
  }

  static bool answer(Gate& gate, const Input& in, const json& body, Effects& effects) {
    for (const auto& [name, value] : body.items()) {
      // A device with one relay leaves the number out.
      if (name == "POWER" + gate.relay || (name == "POWER" && gate.relay == "1")) {
        powered(gate, in, value == "ON", effects);
      } else if (name == "PulseTime" + gate.relay) {
        pulse(gate, in, static_cast<int>(value.at("Set").get_ref<const json::number_integer_t&>()),
              effects);
      } else if (name == "Command") {
        refused(gate, in, value.get<std::string>(), effects);
      } else if (name == gate.exit_switch && value.value("Action", "") == "ON") {
        effects.event(in.device, "exit_requested", "{}");
      } else if (name == gate.door_switch) {
        door(gate, in, {{name, value.at("Action")}}, effects);
      }
    }
    return true;
  }

  static void forget_lost(Gate& gate, const Input& in) {
    while (!gate.unanswered.empty() &&
           in.now_ms - gate.unanswered.front().sent_ms > kAnswerPatienceMs) {
      gate.unanswered.pop_front();
    }
  }

  // The relay has switched: by command, by its own button, or because its time was over.
  static void powered(Gate& gate, const Input& in, bool on, Effects& effects) {
    forget_lost(gate, in);
    const auto asked = std::ranges::find(gate.unanswered, on, &Command::on);
    if (asked == gate.unanswered.end()) return;
    effects.event(in.device, "opened", json{{"command", asked->id}}.dump());
    gate.unanswered.erase(asked);
  }

  // {"Command":"Unknown"} or {"Command":"Error"}.
  static void refused(Gate& gate, const Input& in, const std::string& why, Effects& effects) {
    forget_lost(gate, in);
    if (gate.unanswered.empty()) return;
    effects.event(
        in.device, "failed",
        json{{"command", gate.unanswered.front().id}, {"message", "Command " + why.substr(0, 100)}}
            .dump(-1, ' ', false, json::error_handler_t::replace));
    gate.unanswered.pop_front();
  }

  static void pulse(Gate& gate, const Input& in, int set, Effects& effects) {
    gate.pulse_asked = false;
    gate.pulse_known = !gate.locked_open && set == gate.pulse_time;
    if (gate.pulse_known || gate.locked_open) return;
    if (!std::exchange(gate.pulse_written, true)) {
      send(gate, in, "PulseTime" + gate.relay, std::to_string(gate.pulse_time), effects);
      return;
    }
    effects.event(in.device, "fault",
                  json{{"message", "PulseTime" + gate.relay + " stays " + std::to_string(set) +
                                       " instead of " + std::to_string(gate.pulse_time)}}
                      .dump());
  }

  static void door(Gate& gate, const Input& in, const json& sensors, Effects& effects) {
    if (gate.door_switch.empty()) return;
    const auto state = sensors.find(gate.door_switch);
    // Anything else than ON and OFF is a SwitchMode that knows no state.
    if (state == sensors.end() || (*state != "ON" && *state != "OFF")) return;
    const bool open = *state == gate.door_when_open;
    // Also when it has not changed: what the gateway heard of it last may have been lost with a
    // turn.
    effects.event(in.device, "door", json{{"open", open}}.dump());
  }

  std::map<std::string, Gate> gates_;
};

}  // namespace

XIAOGATE_PLUGIN(Tasmota, "tasmota", "1.0.0")
