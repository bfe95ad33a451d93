// Parking sensors on LoRaWAN, through ChirpStack v4 and its MQTT integration.
//
// Sources: chirpstack.io/docs, Integrations, MQTT (topics) and Event types (up, status);
// chirpstack/api/proto/integration/integration.proto: keys with a default value are left out.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "codec.h"
#include "network.h"
#include "xiaogate/plugin.hpp"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

struct Bay {
  std::string root;
  Codec codec;
  std::int64_t late_ms = 0;

  Order order;
  std::string state;  // as last told
};

Codec make_codec(const json& options) {
  const auto codec = options.at("codec").get<std::string>();
  if (codec == "tps110") return decode_tps110;
  if (codec == "lw009") return decode_lw009;
  if (codec == "generic") return make_generic(options);
  throw std::runtime_error("no codec " + codec);
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

class ChirpstackParking : public xiaogate::sdk::Plugin {
 public:
  ChirpstackParking(std::string_view config, const State& state) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) {
      Bay bay;
      bay.root = "application/" + options.at("application").get<std::string>() + "/device/" +
                 options.at("dev_eui").get<std::string>() + "/event/";
      bay.codec = make_codec(options);
      bay.late_ms = 1000 * options.at("late_s").get<std::int64_t>();
      const auto stored = state.find(key(device));
      if (stored != state.end()) bay.order.restore(stored->second);
      bays_.emplace(device, std::move(bay));
    }
  }

  bool message(const Input& in, Effects& effects) override {
    Bay& bay = bays_.at(std::string(in.device));
    const json body = json::parse(in.data);
    if (!body.is_object()) return false;
    if (in.name == bay.root + "status") return status(in, body, effects);
    if (in.name != bay.root + "up") return false;
    const Frame frame = read_frame(body);
    const Told told = bay.codec(
        {static_cast<int>(body.value("fPort", json(0)).get_ref<const json::number_integer_t&>()),
         from_base64(body.value("data", "")), body.value("object", json())});
    if (!bay.order.take(frame, told.restarted)) return true;
    if (frame.time_ms && in.now_ms - *frame.time_ms > bay.late_ms) return true;
    tell(bay, in, told, effects);
    return true;
  }

 private:
  static std::string key(std::string_view device) { return "order/" + std::string(device); }

  static void tell(Bay& bay, const Input& in, const Told& told, Effects& effects) {
    if (told.state) {
      effects.event(in.device, "occupancy", json{{"state", *told.state}}.dump());
    } else {
      effects.event(in.device, "alive", "{}");
    }
    if (!told.battery.is_null()) effects.event(in.device, "battery", told.battery.dump());
    if (told.celsius) {
      effects.event(in.device, "temperature", json{{"celsius", *told.celsius}}.dump());
    }
    if (told.fault) {
      effects.event(in.device, "fault",
                    dump({{"kind", told.fault->kind}, {"message", told.fault->message}}));
    }
    // Written with a change of the bay, not with each heartbeat: after a restart an uplink from
    // before the last change is still too old, and one from between two heartbeats says the same.
    if ((told.state && *told.state != bay.state) || told.restarted) {
      effects.put(key(in.device), bay.order.text());
    }
    if (told.state) bay.state = *told.state;
  }

  // The answer to the network's own question for the battery (DevStatusReq).
  static bool status(const Input& in, const json& body, Effects& effects) {
    if (body.value("batteryLevelUnavailable", false) || body.value("externalPowerSource", false)) {
      return true;
    }
    const double percent = body.value("batteryLevel", 0.0);
    if (!(percent >= 0 && percent <= 100)) return false;
    return effects.event(in.device, "battery", json{{"percent", std::lround(percent)}}.dump());
  }

  std::map<std::string, Bay> bays_;
};

}  // namespace

XIAOGATE_PLUGIN(ChirpstackParking, "chirpstack_parking", "1.0.0")
