#include "gate/shelly_device.h"

#include <cmath>

namespace xiaogate::devices {
namespace {

Json error(int code, const std::string& message) {
  return {{"code", code}, {"message", message}};
}

double seconds(WallTime now) {
  return static_cast<double>(now.time_since_epoch().count()) / 1000.0;
}

}  // namespace

Publication ShellyDevice::status(WallTime now, const char* source) const {
  const Json frame{
      {"src", prefix_},
      {"dst", prefix_ + "/events"},
      {"method", "NotifyStatus"},
      {"params",
       {{"ts", seconds(now)}, {"switch:0", {{"id", 0}, {"output", output_}, {"source", source}}}}}};
  return {prefix_ + "/events/rpc", canonical(frame)};
}

Publication ShellyDevice::answer(const Json& request, const char* kind, Json content) const {
  const auto source = request.at("src").get<std::string>();
  const Json frame{
      {"id", request.at("id")}, {"src", prefix_}, {"dst", source}, {kind, std::move(content)}};
  return {source + "/rpc", canonical(frame)};
}

ShellyDevice::Reaction ShellyDevice::request(std::string_view payload, WallTime now) {
  const auto request = parse_json(payload);
  if (!request || !request->is_object()) return {};
  const auto text = [&](const char* name) {
    const auto found = request->find(name);
    return found != request->end() && found->is_string();
  };
  if (!text("src") || !text("method") || !request->contains("id")) return {};
  const auto method = request->at("method").get<std::string>();
  if (method == "Switch.Set") return set_switch(*request, now);
  if (method == "Switch.GetStatus") {
    return {{answer(*request, "result", {{"id", 0}, {"source", "init"}, {"output", output_}})}, {}};
  }
  return {{answer(*request, "error", error(404, "No handler for " + method))}, {}};
}

ShellyDevice::Reaction ShellyDevice::set_switch(const Json& request, WallTime now) {
  const Json params = request.value("params", Json::object());
  const auto refuse = [&](int code, const std::string& message) {
    return Reaction{{answer(request, "error", error(code, message))}, {}};
  };
  for (const char* required : {"id", "on"}) {
    if (!params.contains(required)) {
      return refuse(-103, std::string("Missing required argument '") + required + "'!");
    }
  }
  if (!params.at("on").is_boolean()) return refuse(-103, "Argument 'on' has a wrong type!");
  if (params.at("id") != 0) {
    return refuse(-105, "Argument 'id', value " + params.at("id").dump() + " not found!");
  }
  const bool was_on = std::exchange(output_, params.at("on").get<bool>());
  Reaction reaction{{answer(request, "result", {{"was_on", was_on}})}, {}};
  if (was_on != output_) reaction.publications.push_back(status(now, "MQTT"));
  if (!output_) return reaction;
  reaction.pulse = Pulse{request.at("id").dump(), request.at("src").get<std::string>(), {}};
  const auto after = params.find("toggle_after");
  if (after != params.end() && after->is_number()) {
    reaction.pulse->ends_in = Millis(std::llround(after->get<double>() * 1000));
  }
  return reaction;
}

std::vector<Publication> ShellyDevice::release(WallTime now) {
  if (!std::exchange(output_, false)) return {};
  return {status(now, "timer")};
}

}  // namespace xiaogate::devices
