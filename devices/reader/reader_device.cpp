#include "reader/reader_device.h"

#include <algorithm>

#include "model/json.h"

namespace xiaogate::devices {
namespace {

// Ten characters, as the firmware draws them; counted here, so that a run can be repeated.
std::string serial_number(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return digits.size() < 10 ? std::string(10 - digits.size(), '0') + digits : digits;
}

// access_device/v1 (see plugins/reader/vbar.cpp).
Json vbar_envelope(const std::string& serial, std::uint64_t number, Json data, WallTime now) {
  return {{"serialNo", serial_number(number)},
          {"uuid", serial},
          {"sign", ""},
          {"code", "000000"},
          {"data", std::move(data)},
          {"time", now.time_since_epoch().count() / 1000}};
}

// One access as its firmware tells it, with the result: 1 admitted.
Json vbar_record(std::string_view code, int result, WallTime now) {
  return {{"id", "-1"},       {"type", 100},
          {"code", code},     {"time", now.time_since_epoch().count() / 1000},
          {"result", result}, {"extra", {{"srcData", code}}},
          {"error", ""}};
}

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string ReaderDevice::missing(const ReaderOptions& options) {
  if (options.protocol == "vbar")
    return options.serial.empty() ? "a vbar reader needs --serial" : "";
  if (options.protocol == "native") {
    return options.device.empty() ? "a native reader needs --device" : "";
  }
  return options.topic.empty() ? "a generic reader needs --topic" : "";
}

std::vector<std::string> ReaderDevice::subscriptions() const {
  if (options_.protocol == "vbar") return {answer_topic(), acknowledgement_topic()};
  const auto topic = answer_topic();
  return topic.empty() ? std::vector<std::string>() : std::vector<std::string>{topic};
}

std::string ReaderDevice::acknowledgement_topic() const {
  return "access_device/v1/event/" + options_.serial + "/access_reply";
}

void ReaderDevice::tell_kept(WallTime now, Doings& out) {
  if (kept_.empty()) return;
  const Json batch = vbar_envelope(options_.serial, ++serials_, kept_, now);
  batch_ = batch.at("serialNo");
  in_batch_ = kept_.size();
  out.publications.push_back({"access_device/v1/event/access", canonical(batch)});
}

Publication ReaderDevice::native_state(bool online) const {
  return {"xg/dev/1/" + options_.device + "/state", canonical({{"online", online}}), true};
}

std::optional<Publication> ReaderDevice::last_will() const {
  if (options_.protocol == "native") return native_state(false);
  if (options_.protocol != "vbar") return std::nullopt;
  return Publication{"access_device/v1/event/offline", canonical({{"uuid", options_.serial}})};
}

Doings ReaderDevice::connected(WallTime now) {
  Doings out;
  if (options_.protocol == "native") out.publications.push_back(native_state(true));
  if (options_.protocol == "vbar") {
    out.publications.push_back({"access_device/v1/event/connect",
                                canonical(vbar_envelope(options_.serial, 0, {{"type", 1}}, now))});
    tell_kept(now, out);
  }
  return out;
}

Doings ReaderDevice::message(std::string_view topic, std::string_view payload, WallTime now) {
  Doings out;
  if (options_.protocol == "vbar" && topic == acknowledgement_topic()) {
    const auto reply = parse_json(payload);
    if (reply && reply->is_object() && text_member(*reply, "serialNo") == batch_) {
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(in_batch_));
      in_batch_ = 0;
      out.happened.push_back({{"what", "acknowledged"}, {"kept", kept_.size()}});
    }
    return out;
  }
  const auto answer = topic == answer_topic() ? shown(payload) : std::nullopt;
  if (!answer) return out;
  ++answers_;
  out.happened.push_back(
      {{"what", "answer"}, {"shown", *answer}, {"took_ms", (now - scanned_at_).count()}});
  return out;
}

Result<Doings> ReaderDevice::order(const std::vector<std::string>& words, WallTime now) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
  return order_line(line, words, now);
}

// A rider's code may have several blanks in a row, and at its end.
Result<Doings> ReaderDevice::order_line(std::string_view line,
                                        const std::vector<std::string>& words, WallTime now) {
  const bool admits = words[0] == "admit";
  if (!admits && words[0] != "scan") return hold(line, now);
  line.remove_prefix(std::min(line.find(words[0]) + words[0].size() + 1, line.size()));
  return admits ? admit(line, now) : hold(line, now);
}

Result<Doings> ReaderDevice::hold(std::string_view text, WallTime now) {
  if (text.empty()) return failure("order.unknown", "scan: which text?");
  Doings out;
  scanned_at_ = now;
  out.happened.push_back({{"what", "scan"}, {"number", scans_ + 1}});
  out.publications.push_back(scan(text, now));
  return out;
}

Result<Doings> ReaderDevice::admit(std::string_view text, WallTime now) {
  if (options_.protocol != "vbar") {
    return failure("order.unknown", "admit: only a vbar terminal opens by itself");
  }
  Doings out;
  kept_.push_back(vbar_record(text, 1, now));
  out.happened.push_back({{"what", "admitted"}, {"kept", kept_.size()}});
  tell_kept(now, out);
  return out;
}

Publication ReaderDevice::scan(std::string_view code, WallTime now) {
  ++scans_;
  if (options_.protocol == "vbar") {
    return {"access_device/v1/event/access_online",
            canonical(vbar_envelope(options_.serial, ++serials_, vbar_record(code, 0, now), now))};
  }
  if (options_.protocol == "native") {
    return {"xg/dev/1/" + options_.device + "/event",
            canonical({{"event", "scanned"}, {"code", code}, {"token", std::to_string(scans_)}})};
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

std::optional<std::string> ReaderDevice::shown(std::string_view payload) const {
  if (options_.protocol == "generic") return printable(payload);
  const auto body = parse_json(payload);
  if (!body || !body->is_object()) return std::nullopt;
  if (options_.protocol == "vbar") {
    return text_member(*body, "code") == "000000" ? "granted" : "denied";
  }
  if (text_member(*body, "action") != "indicate") return std::nullopt;
  return text_member(*body, "result") == "granted" ? "granted" : "denied";
}

}  // namespace xiaogate::devices
