// Alarm inputs that speak the Thing Model itself (devices/alarm_input/alarm_input.tm.json).
//
// Source: docs/native-protocol.md.
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "xiaogate/plugin.hpp"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

class NativeInput : public xiaogate::sdk::Plugin {
 public:
  NativeInput(std::string_view config, const State&) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) told_[device];
  }

  bool message(const Input& in, Effects& effects) override {
    auto& told = told_.at(std::string(in.device));
    const std::string root = "xg/dev/1/" + std::string(in.device);
    json body = json::parse(in.data);
    if (!body.is_object()) return false;
    if (in.name == root + "/event") {
      const auto name = body.at("event").get<std::string>();
      body.erase("event");
      body = {{name, body}};
    } else if (in.name != root + "/state") {
      return false;
    }
    for (const auto& [name, value] : body.items()) {
      if (name != "online" && name != "input" && name != "tamper") return false;
      const json shown = value.is_boolean() ? json{{name, value}} : value;
      if (told[name] == shown) continue;
      told[name] = shown;
      effects.event(in.device, name, shown.dump(-1, ' ', false, json::error_handler_t::replace));
    }
    return true;
  }

 private:
  std::map<std::string, std::map<std::string, json>> told_;  // device -> property -> value
};

}  // namespace

XIAOGATE_PLUGIN(NativeInput, "native_input", "1.0.0")
