#include "gate/shelly_device.h"

#include <cmath>
#include <utility>

namespace xiaogate::devices {
namespace {

Json error(int code, const std::string& message) {
  return {{"code", code}, {"message", message}};
}

Json input(int id, bool state) {
  return {{"id", id}, {"state", state}};
}

}  // namespace

Publication ShellyDevice::notify(WallTime now, Json params) const {
  params["ts"] = static_cast<double>(now.time_since_epoch().count()) / 1000.0;
  const Json frame{{"src", prefix_},
                   {"dst", prefix_ + "/events"},
                   {"method", "NotifyStatus"},
                   {"params", std::move(params)}};
  return {prefix_ + "/events/rpc", canonical(frame)};
}

Json ShellyDevice::switch_status(const char* source) const {
  return {{"id", 0}, {"output", relay_on()}, {"source", source}};
}

Publication ShellyDevice::answer(const Json& request, const char* kind, Json content) const {
  const auto source = request.at("src").get<std::string>();
  const Json frame{
      {"id", request.at("id")}, {"src", prefix_}, {"dst", source}, {kind, std::move(content)}};
  return {source + "/rpc", canonical(frame)};
}

Doings ShellyDevice::connected(WallTime) {
  return {.publications = {online("true")}, .timers = {}, .happened = {}};
}

Doings ShellyDevice::message(std::string_view topic, std::string_view payload, WallTime now) {
  Doings out;
  const auto request = parse_json(payload);
  if (topic != rpc_topic() || !request || !request->is_object()) return out;
  const auto text = [&](const char* name) {
    const auto found = request->find(name);
    return found != request->end() && found->is_string();
  };
  if (!text("src") || !text("method") || !request->contains("id")) return out;
  const auto method = request->at("method").get<std::string>();
  if (method == "Switch.Set") {
    set_switch(*request, now, out);
  } else if (method == "Switch.GetStatus") {
    out.publications.push_back(answer(*request, "result", switch_status("init")));
  } else if (method == "Input.GetStatus") {
    const int id = request->value("params", Json::object()).value("id", 0);
    out.publications.push_back(answer(*request, "result", input(id, id == 0 && door_open())));
  } else {
    out.publications.push_back(answer(*request, "error", error(404, "No handler for " + method)));
  }
  return out;
}

void ShellyDevice::set_switch(const Json& request, WallTime now, Doings& out) {
  const Json params = request.value("params", Json::object());
  const auto refuse = [&](int code, const std::string& message) {
    out.publications.push_back(answer(request, "error", error(code, message)));
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
  const bool was_on = relay_on();
  if (params.at("on").get<bool>()) {
    std::optional<Millis> pulse;
    const auto after = params.find("toggle_after");
    if (after != params.end() && after->is_number()) {
      pulse = Millis(std::llround(after->get<double>() * 1000));
    }
    unlock(pulse, {{"rpc", request.at("id")}, {"source", request.at("src")}}, out);
  } else {
    lock(out);
  }
  out.publications.push_back(answer(request, "result", {{"was_on", was_on}}));
  if (was_on != relay_on()) {
    out.publications.push_back(notify(now, {{"switch:0", switch_status("MQTT")}}));
  }
}

void ShellyDevice::tell_door(WallTime now, Doings& out) {
  out.publications.push_back(notify(now, {{"input:0", input(0, door_open())}}));
}

void ShellyDevice::tell_exit(WallTime now, Doings& out) {
  for (const bool pressed : {true, false}) {
    out.publications.push_back(notify(now, {{"input:1", input(1, pressed)}}));
  }
}

void ShellyDevice::pulse_over(WallTime now, Doings& out) {
  out.publications.push_back(notify(now, {{"switch:0", switch_status("timer")}}));
}

}  // namespace xiaogate::devices
