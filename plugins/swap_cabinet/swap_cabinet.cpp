// Battery-swap cabinets that speak the Thing Model itself
// (devices/swap_cabinet/swap_cabinet.tm.json) over MQTT.
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

constexpr std::array kActions{"open_slot", "lock_slot", "set_charge_limit", "report"};
constexpr std::array kProperties{"mains", "tamper"};
constexpr std::array kEvents{"slot", "mains", "tamper", "smoke", "over_temperature", "fault"};

template <std::size_t N>
bool among(const std::array<const char*, N>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](const char* one) { return name == one; });
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

struct Sent {
  std::uint32_t number;   // on the wire
  std::uint64_t command;  // the call's id
};

class SwapCabinet : public xiaogate::sdk::Plugin {
 public:
  SwapCabinet(std::string_view config, const State&) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) sent_[device];
  }

  bool command(const Input& in, Effects& effects) override {
    if (!among(kActions, in.name)) return false;
    auto& sent = sent_.at(std::string(in.device));
    const auto number = static_cast<std::uint32_t>(in.id & 0x7fff'ffffU);
    if (sent.size() == kMostCommands) sent.pop_front();
    sent.push_back({number, in.id});
    json body = json::parse(in.data);
    body["action"] = in.name;
    body["command"] = number;
    // QoS 0: a broker must never keep an opening for a cabinet that is away.
    return effects.publish(in.device, root(in) + "/command", dump(body), 0);
  }

  bool message(const Input& in, Effects& effects) override {
    auto& sent = sent_.at(std::string(in.device));
    json body = json::parse(in.data);
    if (!body.is_object()) return false;
    if (in.name == root(in) + "/state") return state(in, body, effects);
    if (in.name == root(in) + "/event") return event(in, body, effects);
    if (in.name == root(in) + "/result") return result(sent, in, body, effects);
    return false;
  }

 private:
  static std::string root(const Input& in) { return "xg/dev/1/" + std::string(in.device); }

  // Slots are no part of it: what is retained may be long past.
  static bool state(const Input& in, const json& body, Effects& effects) {
    for (const auto& [name, value] : body.items()) {
      if (name == "online") {
        effects.event(in.device, "online", dump({{"online", value.get<bool>()}}));
      } else if (among(kProperties, name)) {
        effects.event(in.device, name, dump(value));
      } else {
        return false;
      }
    }
    return true;
  }

  static bool event(const Input& in, json& body, Effects& effects) {
    const auto name = body.at("event").get<std::string>();
    if (!among(kEvents, name)) return false;
    body.erase("event");
    return effects.event(in.device, name, dump(body));
  }

  // Told as often as it comes: that an answer is repeated tells the gateway that what came before
  // it is as well.
  static bool result(const std::deque<Sent>& sent, const Input& in, json& body, Effects& effects) {
    const auto result = body.at("result").get<std::string>();
    if (result != "done" && result != "failed") return false;
    const auto number =
        static_cast<std::uint32_t>(body.at("command").get_ref<const json::number_integer_t&>());
    const auto found = std::ranges::find(sent, number, &Sent::number);
    if (found == sent.end()) return true;
    body.erase("result");
    body["command"] = found->command;
    return effects.event(in.device, result, dump(body));
  }

  std::map<std::string, std::deque<Sent>> sent_;  // by device
};

}  // namespace

XIAOGATE_PLUGIN(SwapCabinet, "swap_cabinet", "1.0.0")
