// Gates behind a Shelly Gen2+ relay, by RPC over MQTT.
//
// Sources, all of shelly-api-docs.shelly.cloud/gen2: General/RPCProtocol (frames),
// General/Notifications (NotifyStatus is a partial overlay), General/CommonErrors,
// ComponentsAndServices/Switch (Switch.Set, toggle_after), /Input (GetStatus, btn_down), /Mqtt
// (topics).
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "xiaogate/plugin.hpp"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

// Openings of one device that wait for an answer. The oldest is forgotten beyond that.
constexpr std::size_t kMostUnanswered = 64;

// As the Thing Model bounds the message of `failed`.
constexpr std::size_t kLongestMessage = 256;

// RPC id of the question how the door contact is; commands have numbers.
constexpr const char* kDoorQuestion = "door";

// A question may be lost: the gateway hears that a device is there before it can publish.
constexpr std::int64_t kAskAgainMs = 2000;
constexpr const char* kAskAgain = "ask";

struct Gate {
  std::string prefix;
  int relay = 0;
  std::optional<int> input;
  bool input_when_open = true;
  std::optional<int> exit_input;
  json pulse_s;
  bool locked_open = false;
  bool door_asked = false;  // and not answered yet

  std::map<std::uint32_t, std::uint64_t> unanswered;  // RPC id -> command
  std::optional<bool> online;
};

Gate read_gate(const json& options) {
  Gate gate;
  gate.prefix = options.at("prefix").get<std::string>();
  gate.relay = options.at("switch").get<int>();
  if (options.contains("input")) gate.input = options.at("input").get<int>();
  if (options.contains("exit_input")) gate.exit_input = options.at("exit_input").get<int>();
  gate.input_when_open = options.at("input_when_open").get<bool>();
  gate.pulse_s = options.at("pulse_s");
  return gate;
}

// An RPC id has to survive a device that keeps it in a signed 32-bit number.
std::uint32_t rpc_id(std::uint64_t command) {
  return static_cast<std::uint32_t>(command & 0x7fff'ffffU);
}

// Never inside a character.
std::string cut(std::string text) {
  if (text.size() <= kLongestMessage) return text;
  std::size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What an input reads in a status object; nothing when it is not there or not known.
std::optional<bool> state_of(const json& status) {
  if (!status.is_object()) return std::nullopt;
  const auto state = status.find("state");
  if (state == status.end() || !state->is_boolean()) return std::nullopt;
  return state->get<bool>();
}

class Shelly : public xiaogate::sdk::Plugin {
 public:
  Shelly(std::string_view config, const State& state) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) {
      Gate gate = read_gate(options);
      gate.locked_open = state.contains(lock_key(device));
      gates_.emplace(device, std::move(gate));
    }
  }

  bool command(const Input& in, Effects& effects) override {
    Gate& gate = gate_of(in);
    json params{{"id", gate.relay}, {"on", true}};
    if (in.name == "lock_open" || in.name == "lock_open_release") {
      gate.locked_open = in.name == "lock_open";
      params["on"] = gate.locked_open;
      effects.put(lock_key(in.device), gate.locked_open ? "1" : "");
    } else if (in.name != "open") {
      return false;
    }
    // A pulse would close a gate that is to stay open.
    if (in.name == "open" && !gate.locked_open) params["toggle_after"] = gate.pulse_s;
    const std::uint32_t id = rpc_id(in.id);
    if (gate.unanswered.size() == kMostUnanswered) gate.unanswered.erase(gate.unanswered.begin());
    gate.unanswered[id] = in.id;
    return ask(gate, in, id, "Switch.Set", params, effects);
  }

  bool timer(const Input& in, Effects& effects) override {
    const Gate& gate = gate_of(in);
    return !gate.door_asked || ask_door(gate, in, effects);
  }

  bool message(const Input& in, Effects& effects) override {
    Gate& gate = gate_of(in);
    if (in.name == gate.prefix + "/online") return online(gate, in, effects);
    const json body = json::parse(in.data);
    if (!body.is_object()) return false;
    if (in.name == source(in.device) + "/rpc") return answer(gate, in, body, effects);
    if (in.name == gate.prefix + "/events/rpc") return notification(gate, in, body, effects);
    // The relay's whole status: that it pulsed is known from the answer.
    return in.name == gate.prefix + "/status/switch:" + std::to_string(gate.relay);
  }

 private:
  static std::string source(std::string_view device) { return "xiaogate/" + std::string(device); }
  static std::string lock_key(std::string_view device) {
    return "locked_open/" + std::string(device);
  }

  // QoS 0: a broker must never keep an opening for a device that is away.
  static bool ask(const Gate& gate, const Input& in, const json& id, const char* method,
                  const json& params, Effects& effects) {
    const json request{
        {"id", id}, {"src", source(in.device)}, {"method", method}, {"params", params}};
    return effects.publish(in.device, gate.prefix + "/rpc", request.dump(), 0);
  }

  // Throws for a device that is not ours: not understood.
  Gate& gate_of(const Input& in) { return gates_.at(std::string(in.device)); }

  static bool online(Gate& gate, const Input& in, Effects& effects) {
    if (in.data != "true" && in.data != "false") return false;
    const bool now = in.data == "true";
    if (gate.online != now) effects.event(in.device, "online", json{{"online", now}}.dump());
    gate.online = now;
    // Whatever the door did while the device was away was told to nobody.
    gate.door_asked = now && gate.input;
    return !gate.door_asked || ask_door(gate, in, effects);
  }

  static bool ask_door(const Gate& gate, const Input& in, Effects& effects) {
    effects.timer(in.device, kAskAgain, kAskAgainMs);
    return ask(gate, in, kDoorQuestion, "Input.GetStatus", {{"id", *gate.input}}, effects);
  }

  static void door(Gate& gate, const Input& in, const json& input, Effects& effects) {
    const auto state = state_of(input);
    if (!state) return;
    const bool open = *state == gate.input_when_open;
    // Also when it has not changed: what the gateway heard of it last may have been lost with a
    // turn.
    effects.event(in.device, "door", json{{"open", open}}.dump());
  }

  // The response frame of an opening. One that was never asked for, or was asked for before this
  // plugin started, says nothing.
  static bool answer(Gate& gate, const Input& in, const json& body, Effects& effects) {
    const auto id = body.find("id");
    if (id == body.end()) return false;
    if (*id == kDoorQuestion) {
      gate.door_asked = false;
      door(gate, in, body.value("result", json()), effects);
      return true;
    }
    if (!id->is_number_unsigned()) return false;
    const auto asked = id->get<std::uint64_t>() > UINT32_MAX
                           ? gate.unanswered.end()
                           : gate.unanswered.find(id->get<std::uint32_t>());
    const bool failed = body.contains("error");
    if (!failed && !body.contains("result")) return false;
    if (asked == gate.unanswered.end()) return true;
    json event{{"command", asked->second}};
    if (failed) {
      event["code"] = body.at("error").value("code", json());
      event["message"] = cut(body.at("error").value("message", ""));
    }
    effects.event(in.device, failed ? "failed" : "opened", dump(event));
    gate.unanswered.erase(asked);
    return true;
  }

  static bool notification(Gate& gate, const Input& in, const json& body, Effects& effects) {
    const std::string method = body.value("method", "");
    const json& params = body.at("params");
    if (!params.is_object()) return false;
    if (method == "NotifyEvent") return pressed(gate, in, params, effects);
    if (method != "NotifyStatus" && method != "NotifyFullStatus") return false;
    // A partial overlay: what is not there has not changed. State is null while the input is not
    // known.
    const auto input = [&](int number) {
      return params.value("input:" + std::to_string(number), json());
    };
    if (gate.input) door(gate, in, input(*gate.input), effects);
    if (gate.exit_input && state_of(input(*gate.exit_input)) == true) {
      effects.event(in.device, "exit_requested", "{}");
    }
    return true;
  }

  // An input of type button has no state, only events.
  static bool pressed(const Gate& gate, const Input& in, const json& params, Effects& effects) {
    if (!gate.exit_input) return true;
    const std::string component = "input:" + std::to_string(*gate.exit_input);
    for (const json& event : params.at("events")) {
      if (event.value("component", "") == component && event.value("event", "") == "btn_down") {
        effects.event(in.device, "exit_requested", "{}");
      }
    }
    return true;
  }

  std::map<std::string, Gate, std::less<>> gates_;
};

}  // namespace

XIAOGATE_PLUGIN(Shelly, "shelly", "1.1.0")
