// Vbar terminals, protocol access_device/v1, by the public source of their firmware applications
// (accessService.js, mqttService.js): a terminal that cannot decide by itself asks on a topic that
// all terminals share, and waits two seconds for the answer on a topic of its own.
//
// Only answers are ever published: no control command, above all none that wipes.
#include <cstdint>
#include <stdexcept>

#include "protocol.h"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;

constexpr const char* kEvents = "access_device/v1/event/";
constexpr const char* kOpen = "000000";
constexpr const char* kRefuse = "100000";  // "unknown error": anything but 000000 refuses

// Reported after the fact, not asked: the button inside the gate, and our own remote command.
constexpr std::int64_t kButton = 800;
constexpr std::int64_t kRemote = 900;

// Accesses in one event, as the Thing Model bounds it.
constexpr std::size_t kMostAccesses = 100;

// Some builds send numbers as such, some as a text.
std::int64_t number_of(const json& value) {
  return value.is_string() ? std::stoll(value.get<std::string>())
                           : value.get_ref<const json::number_integer_t&>();
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

const char* means_of(std::int64_t type) {
  switch (type) {
    case 100:
      return "code";
    case 200:
      return "card";
    case 600:
      return "bluetooth";
    case kButton:
      return "button";
    case kRemote:
      return "remote";
    default:
      return "other";
  }
}

json read_access(const json& record) {
  const std::int64_t time = number_of(record.at("time"));
  if (time < 0) throw std::runtime_error("time before 1970");
  return {{"time", time},
          {"result", number_of(record.at("result")) == 1 ? "granted" : "denied"},
          {"means", means_of(number_of(record.at("type")))},
          {"code", record.contains("code") ? text_of(record.at("code")) : ""}};
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
    if (in.name == std::string(kEvents) + "access") return accessed(in, body, effects);
    if (in.name != std::string(kEvents) + "access_online") return false;
    return asked(in, body, effects);
  }

  bool indicate(const Input& in, const Indication& indication, Effects& effects) override {
    return reply(in, "/access_online_reply", indication.token, indication.granted ? kOpen : kRefuse,
                 effects);
  }

 private:
  bool reply(const Input& in, const char* topic, const std::string& serial_no, const char* code,
             Effects& effects) const {
    const json body{{"serialNo", serial_no}, {"uuid", serial_},        {"sign", ""},
                    {"code", code},          {"data", json::object()}, {"time", in.now_ms / 1000}};
    return effects.publish(in.device, kEvents + serial_ + topic, dump(body));
  }

  // What the terminal decided by itself. It deletes the batch when it hears the acknowledgement,
  // and the gateway lets a call's messages out only after the commit that holds the records of the
  // same call's events: so the acknowledgement may stand in this very call. A batch with anything
  // in it that is not understood throws, is not acknowledged, and stays at the terminal.
  bool accessed(const Input& in, const json& body, Effects& effects) const {
    const json& data = body.at("data");
    const json records = data.is_array() ? data : json::array({data});
    json accesses = json::array();
    for (const json& record : records) {
      accesses.push_back(read_access(record));
      const bool last = &record == &records.back();
      if (!last && accesses.size() < kMostAccesses) continue;
      if (!effects.event(in.device, "accessed_offline", dump({{"accesses", accesses}}))) {
        return false;
      }
      accesses = json::array();
    }
    return reply(in, "/access_reply", body.at("serialNo").get<std::string>(), kOpen, effects);
  }

  static bool asked(const Input& in, const json& body, Effects& effects) {
    const json& data = body.at("data");
    // Some builds wrap the one record into an array.
    const json& ask = data.is_array() ? data.at(0) : data;
    const std::int64_t type = number_of(ask.at("type"));
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
