#include "gate/tasmota_device.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace xiaogate::devices {
namespace {

constexpr int kLongestPulseTime = 65535;

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// 1 to 111 are tenths of a second, from 112 on seconds and 100.
Millis pulse(int pulse_time) {
  return pulse_time < 112 ? Millis(100 * pulse_time) : Millis(1000 * (pulse_time - 100));
}

const char* on_off(bool on) {
  return on ? "ON" : "OFF";
}

}  // namespace

Doings TasmotaDevice::connected(WallTime) {
  Doings out;
  out.publications.push_back(lwt("Online"));
  tell_power(out);
  return out;
}

Doings TasmotaDevice::message(std::string_view topic, std::string_view payload, WallTime) {
  Doings out;
  const std::string root = "cmnd/" + topic_ + "/";
  if (topic.starts_with(root)) command(upper(topic.substr(root.size())), payload, out);
  return out;
}

void TasmotaDevice::command(std::string name, std::string_view parameter, Doings& out) {
  if (name == "BACKLOG" || name == "BACKLOG0") return backlog(parameter, out);
  if (name == "POWER" || name == "POWER1") return power(parameter, out);
  if (name == "PULSETIME1") return set_pulse_time(parameter, out);
  if (name == "STATUS" && parameter == "10") {
    out.publications.push_back(
        {"stat/" + topic_ + "/STATUS10",
         canonical({{"StatusSNS", {{"Switch1", on_off(door_open())}, {"Switch2", "OFF"}}}})});
    return;
  }
  result({{"Command", "Unknown"}, {"Input", name}}, out);
}

void TasmotaDevice::backlog(std::string_view commands, Doings& out) {
  while (!commands.empty()) {
    const auto end = std::min(commands.find(';'), commands.size());
    const auto one = trimmed(commands.substr(0, end));
    const auto blank = std::min(one.find(' '), one.size());
    if (!one.empty()) command(upper(one.substr(0, blank)), trimmed(one.substr(blank)), out);
    commands.remove_prefix(std::min(end + 1, commands.size()));
  }
}

void TasmotaDevice::power(std::string_view parameter, Doings& out) {
  const std::string state = upper(parameter);
  if (state == "ON" || state == "1") {
    unlock(pulse_time_ == 0 ? std::nullopt : std::optional(pulse(pulse_time_)),
           {{"pulse_time", pulse_time_}}, out);
  } else if (state == "OFF" || state == "0") {
    lock(out);
  }
  tell_power(out);
}

// Setting it starts or ends the time of a relay that is on.
void TasmotaDevice::set_pulse_time(std::string_view parameter, Doings& out) {
  int value = 0;
  const auto read = std::from_chars(parameter.data(), parameter.data() + parameter.size(), value);
  if (read.ec == std::errc() && value >= 0 && value <= kLongestPulseTime) {
    pulse_time_ = value;
    if (relay_on()) out.timers.push_back({"pulse", value == 0 ? Millis(-1) : pulse(value)});
  }
  result({{"PulseTime1", {{"Set", pulse_time_}, {"Remaining", relay_on() ? pulse_time_ : 0}}}},
         out);
}

void TasmotaDevice::result(const Json& body, Doings& out) const {
  out.publications.push_back({"stat/" + topic_ + "/RESULT", canonical(body)});
}

void TasmotaDevice::tell_power(Doings& out) const {
  result({{"POWER", on_off(relay_on())}}, out);
  out.publications.push_back({"stat/" + topic_ + "/POWER", on_off(relay_on())});
}

void TasmotaDevice::tell_door(WallTime, Doings& out) {
  result({{"Switch1", {{"Action", on_off(door_open())}}}}, out);
}

void TasmotaDevice::tell_exit(WallTime, Doings& out) {
  for (const bool pressed : {true, false}) {
    result({{"Switch2", {{"Action", on_off(pressed)}}}}, out);
  }
}

void TasmotaDevice::pulse_over(WallTime, Doings& out) {
  tell_power(out);
}

}  // namespace xiaogate::devices
