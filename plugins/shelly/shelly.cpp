// Gates behind a Shelly Gen2+ relay, by RPC over MQTT.
//
// Sources, all of shelly-api-docs.shelly.cloud/gen2: General/RPCProtocol (frames),
// General/Notifications (NotifyStatus is a partial overlay), General/CommonErrors,
// ComponentsAndServices/Switch (Switch.Set, toggle_after), ComponentsAndServices/Mqtt (topics).
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

struct Gate {
  std::string prefix;
  int relay = 0;
  std::optional<int> input;
  bool input_when_open = true;
  json pulse_s;

  std::map<std::uint32_t, std::uint64_t> unanswered;  // RPC id -> command
  std::optional<bool> online;
  std::optional<bool> open;
};

Gate read_gate(const json& options) {
  Gate gate;
  gate.prefix = options.at("prefix").get<std::string>();
  gate.relay = options.at("switch").get<int>();
  if (options.contains("input")) gate.input = options.at("input").get<int>();
  gate.input_when_open = options.at("input_when_open").get<bool>();
  gate.pulse_s = options.at("pulse_s");
  return gate;
}

// An RPC id has to survive a device that keeps it in a signed 32-bit number.
std::uint32_t rpc_id(std::uint64_t command) {
  return static_cast<std::uint32_t>(command & 0x7fff'ffffU);
}

class Shelly : public xiaogate::sdk::Plugin {
 public:
  Shelly(std::string_view config, const State&) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) {
      gates_.emplace(device, read_gate(options));
    }
  }

  bool command(const Input& in, Effects& effects) override {
    if (in.name != "open") return false;
    Gate& gate = gate_of(in);
    const std::uint32_t id = rpc_id(in.id);
    if (gate.unanswered.size() == kMostUnanswered) gate.unanswered.erase(gate.unanswered.begin());
    gate.unanswered[id] = in.id;
    const json request{
        {"id", id},
        {"src", source(in.device)},
        {"method", "Switch.Set"},
        {"params", {{"id", gate.relay}, {"on", true}, {"toggle_after", gate.pulse_s}}}};
    // QoS 0: a broker must never keep an opening for a device that is away.
    return effects.publish(in.device, gate.prefix + "/rpc", request.dump(), 0);
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

  // Throws for a device that is not ours: not understood.
  Gate& gate_of(const Input& in) { return gates_.at(std::string(in.device)); }

  static bool online(Gate& gate, const Input& in, Effects& effects) {
    if (in.data != "true" && in.data != "false") return false;
    const bool now = in.data == "true";
    if (gate.online != now) effects.event(in.device, "online", json{{"online", now}}.dump());
    gate.online = now;
    return true;
  }

  // The response frame of an opening. One that was never asked for, or was asked for before this
  // plugin started, says nothing.
  static bool answer(Gate& gate, const Input& in, const json& body, Effects& effects) {
    const auto id = body.find("id");
    if (id == body.end() || !id->is_number_unsigned()) return false;
    const auto asked = id->get<std::uint64_t>() > UINT32_MAX
                           ? gate.unanswered.end()
                           : gate.unanswered.find(id->get<std::uint32_t>());
    const bool failed = body.contains("error");
    if (!failed && !body.contains("result")) return false;
    if (asked == gate.unanswered.end()) return true;
    json event{{"command", asked->second}};
    if (failed) {
      event["code"] = body.at("error").value("code", json());
      event["message"] = body.at("error").value("message", "");
    }
    effects.event(in.device, failed ? "failed" : "opened", event.dump());
    gate.unanswered.erase(asked);
    return true;
  }

  static bool notification(Gate& gate, const Input& in, const json& body, Effects& effects) {
    const std::string method = body.value("method", "");
    if (method == "NotifyEvent") return true;
    if (method != "NotifyStatus" && method != "NotifyFullStatus") return false;
    const json& params = body.at("params");
    if (!params.is_object()) return false;
    if (!gate.input) return true;
    // A partial overlay: what is not there has not changed. State is null while the input is not
    // known.
    const auto input = params.find("input:" + std::to_string(*gate.input));
    if (input == params.end() || !input->is_object()) return true;
    const auto state = input->find("state");
    if (state == input->end() || !state->is_boolean()) return true;
    const bool open = state->get<bool>() == gate.input_when_open;
    if (gate.open != open) effects.event(in.device, "door", json{{"open", open}}.dump());
    gate.open = open;
    return true;
  }

  std::map<std::string, Gate, std::less<>> gates_;
};

}  // namespace

XIAOGATE_PLUGIN(Shelly, "shelly", "1.0.0")
