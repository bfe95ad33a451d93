// xiaogate native: JSON exactly as the Thing Model (devices/reader/reader.tm.json) has its events
// and actions, on xg/dev/1/{device}/event, /state and /command.
#include "protocol.h"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;

class Native : public Protocol {
 public:
  explicit Native(std::string_view device) : root_("xg/dev/1/" + std::string(device)) {}

  bool message(const Input& in, Effects& effects) override {
    const json body = json::parse(in.data);
    if (in.name == root_ + "/state") {
      return emit_online(in, body.at("online").get<bool>(), effects);
    }
    if (in.name != root_ + "/event" || body.value("event", "") != "scanned") return false;
    return emit_scanned(in, body.at("code").get<std::string>(), body.value("token", ""), effects);
  }

  bool indicate(const Input& in, const Indication& indication, Effects& effects) override {
    const json command{{"action", "indicate"},
                       {"result", indication.granted ? "granted" : "denied"},
                       {"verdict", indication.verdict},
                       {"text", indication.text},
                       {"token", indication.token}};
    return effects.publish(in.device, root_ + "/command", dump(command));
  }

 private:
  std::string root_;
};

}  // namespace

std::unique_ptr<Protocol> make_native(std::string_view device) {
  return std::make_unique<Native>(device);
}
