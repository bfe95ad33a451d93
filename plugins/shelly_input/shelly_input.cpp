// Alarm inputs on a Shelly Gen2+ device (Plus i4, Plus Uni, or any other with inputs), by RPC over
// MQTT.
//
// Sources, all of shelly-api-docs.shelly.cloud/gen2: General/RPCProtocol (frames),
// General/Notifications (NotifyStatus is a partial overlay), ComponentsAndServices/Input
// (Input.GetStatus; state is null for an input that is a button, or not known yet),
// ComponentsAndServices/Mqtt (topics), Devices/Gen2/ShellyPlusI4 (inputs 0 to 3).
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

// A question may be lost: the gateway hears that a device is there before it can publish.
constexpr std::int64_t kAskAgainMs = 2000;
constexpr const char* kAskAgain = "ask";

struct Contact {
  std::string prefix;
  int input = 0;
  bool active_when = true;

  std::optional<bool> online;
  std::optional<bool> active;
  bool asked = false;  // and not answered yet
};

class ShellyInput : public xiaogate::sdk::Plugin {
 public:
  ShellyInput(std::string_view config, const State&) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) {
      contacts_[device] = {options.at("prefix").get<std::string>(),
                           options.at("input").get<int>(),
                           options.at("active_when").get<bool>(),
                           {},
                           {}};
    }
  }

  bool timer(const Input& in, Effects& effects) override {
    const Contact& contact = contacts_.at(std::string(in.device));
    return !contact.asked || ask(contact, in, effects);
  }

  bool message(const Input& in, Effects& effects) override {
    Contact& contact = contacts_.at(std::string(in.device));
    if (in.name == contact.prefix + "/online") return online(contact, in, effects);
    const json body = json::parse(in.data);
    if (!body.is_object()) return false;
    if (in.name == source(in) + "/rpc") {
      contact.asked = false;
      // An error has no result: the input is not there, or no switch.
      if (body.contains("error")) return true;
      return status(contact, in, body.at("result"), effects);
    }
    if (in.name != contact.prefix + "/events/rpc") return false;
    const std::string method = body.value("method", "");
    if (method == "NotifyEvent") return true;
    if (method != "NotifyStatus" && method != "NotifyFullStatus") return false;
    const json& params = body.at("params");
    if (!params.is_object()) return false;
    const auto input = params.find("input:" + std::to_string(contact.input));
    return input == params.end() || status(contact, in, *input, effects);
  }

 private:
  static std::string source(const Input& in) { return "xiaogate/" + std::string(in.device); }

  // Whatever happened while it was away was told to nobody: ask.
  static bool online(Contact& contact, const Input& in, Effects& effects) {
    if (in.data != "true" && in.data != "false") return false;
    const bool now = in.data == "true";
    if (contact.online != now) effects.event(in.device, "online", json{{"online", now}}.dump());
    contact.online = now;
    contact.asked = now;
    return !now || ask(contact, in, effects);
  }

  static bool ask(const Contact& contact, const Input& in, Effects& effects) {
    effects.timer(in.device, kAskAgain, kAskAgainMs);
    return effects.publish(in.device, contact.prefix + "/rpc",
                           json{{"id", "input"},
                                {"src", source(in)},
                                {"method", "Input.GetStatus"},
                                {"params", {{"id", contact.input}}}}
                               .dump(),
                           0);
  }

  static bool status(Contact& contact, const Input& in, const json& input, Effects& effects) {
    if (!input.is_object()) return false;
    const auto state = input.find("state");
    if (state == input.end() || !state->is_boolean()) return true;
    const bool active = state->get<bool>() == contact.active_when;
    if (contact.active != active) {
      effects.event(in.device, "input", json{{"active", active}}.dump());
    }
    contact.active = active;
    return true;
  }

  std::map<std::string, Contact> contacts_;
};

}  // namespace

XIAOGATE_PLUGIN(ShellyInput, "shelly_input", "1.0.0")
