// What devices tell, through their plugins, in the words of their Thing Models (devices/).

#include <utility>

#include "site/site.h"

namespace xiaogate::site {
namespace {

std::optional<bool> flag(const Json& body, const char* member) {
  const auto found = body.find(member);
  if (found == body.end() || !found->is_boolean()) return std::nullopt;
  return found->get<bool>();
}

}  // namespace

void Site::event(Effects& out, const Device& device, const std::string& name, const Json& body,
                 const Instant& now) {
  if (const auto online = flag(body, "online"); name == "online" && online) {
    if (device.is("swap_cabinet")) cabinets_.event(out, now, device.id, name, body);
    return presence(out, device, *online, now);
  }
  if (const auto tampered = flag(body, "tampered"); name == "tamper" && tampered) {
    return tamper(out, device, *tampered, now);
  }
  if (const auto active = flag(body, "active");
      name == "input" && active && device.is("alarm_input")) {
    return alarm_input(out, device, *active, now);
  }
  if (name == "scanned" && device.is("reader") && body.contains("code") &&
      body["code"].is_string()) {
    return scanned(out, device, body, now);
  }
  if (name == "accessed_offline" && device.is("reader")) {
    return accessed_offline(out, device, body, now);
  }
  if (device.is("parking_bay") && bays_.event(out, journal_, alarms_, now, device.id, name, body)) {
    return;
  }
  if (device.is("gate")) return gate_event(out, device, name, body, now);
  if (device.is("swap_cabinet")) return cabinet_event(out, device, name, body, now);
  reject(out, now, "event_rejected", device.id, "unknown_event", name);
}

void Site::presence(Effects& out, const Device& device, bool online, const Instant& now) {
  const auto [known, first] = online_.try_emplace(device.id, online);
  if (!first && known->second == online) return;
  known->second = online;
  journal_.append(out, now, Durability::ordered, online ? "device_online" : "device_offline",
                  {{"device", device.id}});
  if (online) lock_open_.renew(out, calls_, now, device.id);
  fail_safe_.device(out, journal_, alarms_, now, device.id, online);
  hold_gates(out, now);
  if (areas_.is_fire_input(device.id)) watch_fire_input(out, device, online, now);
}

// A fire panel that cannot be heard is an alarm of its own.
void Site::watch_fire_input(Effects& out, const Device& device, bool online, const Instant& now) {
  const Json body{{"device", device.id}};
  if (!online) {
    alarms_.raise(out, journal_, now, "fire_input_lost", device.id, body);
  } else if (alarms_.end(out, "fire_input_lost", device.id)) {
    journal_.append(out, now, Durability::stable, "fire_input_back", body);
  }
}

void Site::alarm_input(Effects& out, const Device& device, bool active, const Instant& now) {
  if (!areas_.is_fire_input(device.id)) {
    journal_.append(out, now, Durability::stable, "alarm_input",
                    {{"device", device.id}, {"active", active}});
    return;
  }
  areas_.input(out, device.id, active);
  hold_gates(out, now);
  areas_.record_fires(out, journal_, alarms_, now);
}

void Site::tamper(Effects& out, const Device& device, bool tampered, const Instant& now) {
  const std::string kind = device.is("gate") ? "gate_tampered" : "device_tampered";
  const Json body{{device.is("gate") ? "gate" : "device", device.id}};
  if (tampered) {
    alarms_.raise(out, journal_, now, kind, device.id, body);
  } else if (alarms_.end(out, kind, device.id)) {
    journal_.append(out, now, Durability::stable, kind + "_ended", body);
  }
}

void Site::gate_event(Effects& out, const Device& gate, const std::string& name, const Json& body,
                      const Instant& now) {
  if (name == "opened" || name == "failed") return gate_answer(out, gate, name, body, now);
  if (name == "fault") {
    const auto message = body.find("message");
    return reject(out, now, "gate_fault", gate.id, "fault",
                  message != body.end() && message->is_string() ? message->get<std::string>() : "");
  }
  switch (gates_.event(out, journal_, alarms_, now, gate.id, name, body)) {
    case GateWatch::Told::understood:
      return;
    case GateWatch::Told::no_such_opening:
      return reject(out, now, "event_rejected", gate.id, "no_such_opening", name);
    case GateWatch::Told::unknown_event:
      return reject(out, now, "event_rejected", gate.id, "unknown_event", name);
  }
}

// The gate answers a command: an opening's number is that of the record that decided it.
void Site::gate_answer(Effects& out, const Device& gate, const std::string& name, const Json& body,
                       const Instant& now) {
  const auto command = body.find("command");
  if (command == body.end() || !command->is_number_unsigned()) {
    return reject(out, now, "event_rejected", gate.id, "unknown_event", name);
  }
  const auto decision = command->get<std::uint64_t>();
  if (lock_open_.answered(out, journal_, alarms_, now, gate.id, decision, name == "opened")) {
    return watch_held_gates(out, now);
  }
  if (!openings_.answered(decision, gate.id)) {
    return reject(out, now, "event_rejected", gate.id, "no_such_opening", name);
  }
  Json told{{"decision", decision}, {"gate", gate.id}};
  if (name == "opened") {
    gates_.confirmed(gate.id, decision, now.mono);
  } else {
    told["message"] = printable(body.value("message", Json()).dump());
  }
  journal_.append(out, now, name == "opened" ? Durability::ordered : Durability::stable,
                  "gate_" + name, told);
}

}  // namespace xiaogate::site
