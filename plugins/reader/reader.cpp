// Readers of riders' codes: native, Vbar access_device/v1, and any that publishes the text.
#include <map>
#include <stdexcept>

#include "protocol.h"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

std::unique_ptr<Protocol> make_protocol(const std::string& device, const json& options) {
  const auto protocol = options.at("protocol").get<std::string>();
  if (protocol == "native") return make_native(device);
  if (protocol == "vbar") return make_vbar(options);
  if (protocol == "generic") return make_generic(options);
  throw std::runtime_error("device " + device + ": no protocol " + protocol);
}

class Reader : public xiaogate::sdk::Plugin {
 public:
  Reader(std::string_view config, const State&) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) {
      readers_.emplace(device, make_protocol(device, options));
    }
  }

  // A device that is not ours throws: not understood.
  bool message(const Input& in, Effects& effects) override {
    return readers_.at(std::string(in.device))->message(in, effects);
  }

  bool command(const Input& in, Effects& effects) override {
    if (in.name != "indicate") return false;
    const json input = json::parse(in.data);
    const auto result = input.at("result").get<std::string>();
    if (result != "granted" && result != "denied") return false;
    const Indication indication{result == "granted", input.value("verdict", ""),
                                input.value("text", json::object()), input.value("token", "")};
    return readers_.at(std::string(in.device))->indicate(in, indication, effects);
  }

 private:
  std::map<std::string, std::unique_ptr<Protocol>> readers_;
};

}  // namespace

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool emit_scanned(const Input& in, const std::string& code, const std::string& token,
                  Effects& effects) {
  return effects.event(in.device, "scanned", dump({{"code", code}, {"token", token}}));
}

bool emit_online(const Input& in, bool online, Effects& effects) {
  return effects.event(in.device, "online", dump({{"online", online}}));
}

XIAOGATE_PLUGIN(Reader, "reader", "1.1.0")
