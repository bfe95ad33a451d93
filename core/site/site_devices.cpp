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
  if (name == "scanned" && device.is("reader") && body.contains("code") &&
      body["code"].is_string()) {
    return scanned(out, device, body, now);
  }
  if (name == "accessed_offline" && device.is("reader")) {
    return accessed_offline(out, device, body, now);
  }
  if (device.is("gate")) return gate_event(out, device, name, body, now);
  if (device.is("swap_cabinet")) return cabinet_event(out, device, name, body, now);
  reject(out, now, "event_rejected", device.id, "unknown_event", name);
}

void Site::presence(Effects& out, const Device& device, bool online, const Instant& now) {
  std::string state = online ? "online" : "offline";
  std::string& known = device_state_[device.id];
  if (known == state) return;
  known = std::move(state);
  journal_.append(out, now, Durability::ordered, "device_" + known, {{"device", device.id}});
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
