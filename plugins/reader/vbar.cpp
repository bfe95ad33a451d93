// Vbar terminals, protocol access_device/v1, by the public source of their firmware applications
// (accessService.js, mqttService.js): a terminal that cannot decide by itself asks on a topic that
// all terminals share, and waits two seconds for the answer on a topic of its own.
//
// Only access_online_reply is ever published: no control command, above all none that wipes.
#include "protocol.h"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;

constexpr const char* kEvents = "access_device/v1/event/";
constexpr const char* kOpen = "000000";
constexpr const char* kRefuse = "100000";  // "unknown error": anything but 000000 refuses

// Reported after the fact, not asked: the button inside the gate, and our own remote command.
constexpr int kButton = 800;
constexpr int kRemote = 900;

// Some builds send the type as a number, some as a text.
int type_of(const json& ask) {
  const json& type = ask.at("type");
  return type.is_string() ? std::stoi(type.get<std::string>()) : type.get<int>();
}

class Vbar : public Protocol {
 public:
  explicit Vbar(const json& options) : serial_(options.at("serial").get<std::string>()) {}

  bool message(const Input& in, Effects& effects) override {
    const json body = json::parse(in.data);
    // The topics are shared: another terminal's message is understood, and not ours.
    if (body.at("uuid").get<std::string>() != serial_) return true;
    if (in.name == std::string(kEvents) + "connect") return emit_online(in, true, effects);
    if (in.name == std::string(kEvents) + "offline") return emit_online(in, false, effects);
    if (in.name != std::string(kEvents) + "access_online") return false;
    return asked(in, body, effects);
  }

  bool indicate(const Input& in, const Indication& indication, Effects& effects) override {
    const json reply{{"serialNo", indication.token},
                     {"uuid", serial_},
                     {"sign", ""},
                     {"code", indication.granted ? kOpen : kRefuse},
                     {"data", json::object()},
                     {"time", in.now_ms / 1000}};
    return effects.publish(in.device, kEvents + serial_ + "/access_online_reply", dump(reply));
  }

 private:
  static bool asked(const Input& in, const json& body, Effects& effects) {
    const json& data = body.at("data");
    // Some builds wrap the one record into an array.
    const json& ask = data.is_array() ? data.at(0) : data;
    const int type = type_of(ask);
    if (type == kButton || type == kRemote) return true;
    return emit_scanned(in, ask.at("code").get<std::string>(),
                        body.at("serialNo").get<std::string>(), effects);
  }

  std::string serial_;
};

}  // namespace

std::unique_ptr<Protocol> make_vbar(const json& options) {
  return std::make_unique<Vbar>(options);
}
