#include "reader/reader_device.h"

#include "model/json.h"

namespace xiaogate::devices {
namespace {

// Ten characters, as the firmware draws them; counted here, so that a run can be repeated.
std::string serial_number(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return digits.size() < 10 ? std::string(10 - digits.size(), '0') + digits : digits;
}

// What access_device/v1 firmware publishes when it asks (see plugins/reader/vbar.cpp).
Json vbar_ask(const std::string& serial, std::string_view code, std::uint64_t number,
              WallTime now) {
  const auto time = now.time_since_epoch().count() / 1000;
  return {{"serialNo", serial_number(number)},
          {"uuid", serial},
          {"sign", ""},
          {"code", "000000"},
          {"data",
           {{"id", "-1"},
            {"type", 100},
            {"code", code},
            {"time", time},
            {"result", 0},
            {"extra", {{"srcData", code}}},
            {"error", ""}}},
          {"time", time}};
}

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<ReaderDevice> ReaderDevice::create(ReaderOptions options) {
  const bool complete = options.protocol == "vbar"     ? !options.serial.empty()
                        : options.protocol == "native" ? !options.device.empty()
                                                       : !options.topic.empty();
  if (!complete) {
    return failure("reader.options", "a generic reader needs --topic, a vbar one --serial, a " +
                                         std::string("native one --device"));
  }
  return ReaderDevice(std::move(options));
}

Scan ReaderDevice::scan(std::string_view code, std::uint64_t number, WallTime now) const {
  if (options_.protocol == "vbar") {
    return {"access_device/v1/event/access_online",
            canonical(vbar_ask(options_.serial, code, number, now))};
  }
  if (options_.protocol == "native") {
    return {"xg/dev/1/" + options_.device + "/event",
            canonical({{"event", "scanned"}, {"code", code}, {"token", std::to_string(number)}})};
  }
  return {options_.topic, std::string(code)};
}

std::string ReaderDevice::answer_topic() const {
  if (options_.protocol == "vbar") {
    return "access_device/v1/event/" + options_.serial + "/access_online_reply";
  }
  if (options_.protocol == "native") return "xg/dev/1/" + options_.device + "/command";
  return options_.feedback_topic;
}

std::optional<Answer> ReaderDevice::answer(std::string_view payload) const {
  if (options_.protocol == "generic") return Answer{{}, printable(payload)};
  const auto body = parse_json(payload);
  if (!body || !body->is_object()) return std::nullopt;
  if (options_.protocol == "vbar") {
    const bool granted = text_member(*body, "code") == "000000";
    return Answer{granted, granted ? "granted" : "denied"};
  }
  if (text_member(*body, "action") != "indicate") return std::nullopt;
  return Answer{text_member(*body, "result") == "granted", text_member(*body, "verdict")};
}

}  // namespace xiaogate::devices
