// Gates that speak the Thing Model itself (devices/gate/gate.tm.json) over MQTT.
//
// Source: docs/native-protocol.md.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "xiaogate/plugin.hpp"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

// Commands of one device that are remembered. The oldest is forgotten beyond that.
constexpr std::size_t kMostCommands = 64;

constexpr std::array kActions{"open", "lock_open", "lock_open_release"};
constexpr std::array kProperties{"door", "tamper"};
constexpr std::array kEvents{"door", "tamper", "passed", "not_passed", "exit_requested", "fault"};

template <std::size_t N>
bool among(const std::array<const char*, N>& names, std::string_view name) {
  for (const char* one : names) {
    if (name == one) return true;
  }
  return false;
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

struct Sent {
  std::uint32_t number;   // on the wire
  std::uint64_t command;  // the call's id
  bool answered;
};

struct Gate {
  std::deque<Sent> sent;
  std::map<std::string, json> told;  // property -> value
};

class NativeGate : public xiaogate::sdk::Plugin {
 public:
  NativeGate(std::string_view config, const State&) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) gates_[device];
  }

  bool command(const Input& in, Effects& effects) override {
    if (!among(kActions, in.name)) return false;
    Gate& gate = gates_.at(std::string(in.device));
    const auto number = static_cast<std::uint32_t>(in.id & 0x7fff'ffffU);
    if (gate.sent.size() == kMostCommands) gate.sent.pop_front();
    gate.sent.push_back({number, in.id, false});
    // QoS 0: a broker must never keep an opening for a device that is away.
    return effects.publish(in.device, root(in) + "/command",
                           dump({{"action", in.name}, {"command", number}}), 0);
  }

  bool message(const Input& in, Effects& effects) override {
    Gate& gate = gates_.at(std::string(in.device));
    const json body = json::parse(in.data);
    if (!body.is_object()) return false;
    if (in.name == root(in) + "/state") return state(gate, in, body, effects);
    if (in.name == root(in) + "/event") return event(gate, in, body, effects);
    if (in.name == root(in) + "/result") return result(gate, in, body, effects);
    return false;
  }

 private:
  static std::string root(const Input& in) { return "xg/dev/1/" + std::string(in.device); }

  static bool state(Gate& gate, const Input& in, const json& body, Effects& effects) {
    for (const auto& [name, value] : body.items()) {
      if (name == "online") {
        tell(gate, in, "online", {{"online", value.get<bool>()}}, effects);
      } else if (among(kProperties, name)) {
        tell(gate, in, name, value, effects);
      } else {
        return false;
      }
    }
    return true;
  }

  static bool event(Gate& gate, const Input& in, json body, Effects& effects) {
    const auto name = body.at("event").get<std::string>();
    if (!among(kEvents, name)) return false;
    body.erase("event");
    if (among(kProperties, name)) {
      tell(gate, in, name, body, effects);
      return true;
    }
    if (body.contains("command")) {
      const Sent* sent = find(gate, body);
      if (sent == nullptr) {
        body.erase("command");
      } else {
        body["command"] = sent->command;
      }
    }
    return effects.event(in.device, name, dump(body));
  }

  static bool result(Gate& gate, const Input& in, json body, Effects& effects) {
    const auto result = body.at("result").get<std::string>();
    if (result != "done" && result != "failed") return false;
    Sent* sent = find(gate, body);
    if (sent == nullptr || sent->answered) return true;
    sent->answered = true;
    if (result == "done") {
      return effects.event(in.device, "opened", dump({{"command", sent->command}}));
    }
    body.erase("result");
    body["command"] = sent->command;
    return effects.event(in.device, "failed", dump(body));
  }

  // The command with the body's number; none when it is not known any more.
  static Sent* find(Gate& gate, const json& body) {
    const auto number =
        static_cast<std::uint32_t>(body.at("command").get_ref<const json::number_integer_t&>());
    const auto found = std::ranges::find(gate.sent, number, &Sent::number);
    return found == gate.sent.end() ? nullptr : &*found;
  }

  static void tell(Gate& gate, const Input& in, const std::string& name, const json& value,
                   Effects& effects) {
    json& told = gate.told[name];
    if (told == value) return;
    told = value;
    effects.event(in.device, name, dump(value));
  }

  std::map<std::string, Gate> gates_;
};

}  // namespace

XIAOGATE_PLUGIN(NativeGate, "native_gate", "1.0.0")
