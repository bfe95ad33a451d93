#include "swap_cabinet/china_tower_device.h"

#include <algorithm>
#include <charconv>

namespace xiaogate::devices {
namespace {

constexpr int kLogin = 110;
constexpr int kQuery = 210;
constexpr int kAttributes = 310;
constexpr int kAlarm = 410;
constexpr int kControl = 500;

std::string text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string ChinaTowerDevice::transaction(WallTime now) {
  last_ = std::max<std::int64_t>(last_ + 1, now.time_since_epoch().count());
  return std::to_string(last_);
}

void ChinaTowerDevice::send(Json message, Doings& out) const {
  message["devId"] = id_;
  out.publications.push_back({root_ + "/up", canonical(message)});
}

std::optional<Publication> ChinaTowerDevice::last_will() const {
  return Publication{root_ + "/online", "false", true};
}

Doings ChinaTowerDevice::connected(WallTime now) {
  Doings out;
  out.publications.push_back({root_ + "/online", "true", true});
  send({{"msgType", kLogin},
        {"txnNo", transaction(now)},
        {"devType", 2},
        {"hardVersion", "SIM"},
        {"softVersion", "1.0.0"},
        {"protocolVersion", "V1"},
        {"switchCabStatus", "1"}},
       out);
  snapshot(now, out);
  return out;
}

Json ChinaTowerDevice::attributes(int number) const {
  const Slot& slot = slots().at(number);
  Json list = Json::array();
  const auto add = [&](const char* id, const std::string& value) {
    list.push_back({{"id", id}, {"value", value}, {"doorId", std::to_string(number)}});
  };
  const auto state = state_of(slot);
  add("02103001", slot.open ? "1" : "0");
  add("02104001", state == "empty" ? "0" : state == "charging" ? "1" : state == "full" ? "2" : "5");
  add("02106001", slot.faulty ? "" : slot.battery);
  add("02109001", std::to_string(static_cast<int>(slot.charge)));
  add("01119001", std::to_string(static_cast<int>(slot.celsius)));
  add("02118001", slot.locked ? "0" : "1");
  return list;
}

void ChinaTowerDevice::tell_slot(int slot, WallTime now, Doings& out) {
  send({{"msgType", kAttributes},
        {"txnNo", transaction(now)},
        {"isFull", 0},
        {"attrList", attributes(slot)}},
       out);
}

void ChinaTowerDevice::snapshot(WallTime now, Doings& out) {
  Json list = Json::array({{{"id", "02102001"}, {"value", "1"}},
                           {{"id", "02113001"}, {"value", "27"}},
                           {{"id", "02017001"}, {"value", smoke() ? "1" : "0"}}});
  for (const auto& [number, unused] : slots()) {
    for (auto& one : attributes(number)) list.push_back(std::move(one));
  }
  send({{"msgType", kAttributes},
        {"txnNo", transaction(now)},
        {"isFull", 1},
        {"attrList", std::move(list)}},
       out);
}

void ChinaTowerDevice::tell_smoke(WallTime now, Doings& out) {
  send({{"msgType", kAlarm},
        {"txnNo", transaction(now)},
        {"alarmList", Json::array({{{"id", "02017001"},
                                    {"alarmTime", std::to_string(now.time_since_epoch().count())},
                                    {"alarmDesc", "smoke"},
                                    {"alarmFlag", smoke() ? 1 : 0}}})}},
       out);
}

bool ChinaTowerDevice::control(const Json& parameter, WallTime now, Doings& out) {
  const std::string door = text(parameter, "doorId");
  int slot = 0;
  std::from_chars(door.data(), door.data() + door.size(), slot);
  const std::string value = text(parameter, "value");
  if (value == "04") return unlatch(slot, now, out);
  if (value == "06" || value == "07") return lock(slot, value == "06", now, out);
  if (value == "00" || value == "10") return limit(0, value == "00" ? 0 : 100);
  return false;
}

Doings ChinaTowerDevice::message(std::string_view, std::string_view payload, WallTime now) {
  Doings out;
  const auto message = parse_json(payload);
  if (!message || !message->is_object() || !message->contains("txnNo")) return out;
  const auto type = message->value("msgType", 0);
  Json answer{{"msgType", type + 1}, {"txnNo", (*message)["txnNo"]}, {"result", 1}};
  if (type == kQuery) {
    send(answer, out);
    snapshot(now, out);
  } else if (type == kControl) {
    const auto list = message->find("paramList");
    const bool done = list != message->end() && list->is_array() && !list->empty() &&
                      control(list->front(), now, out);
    if (!done) {
      answer["result"] = 0;
      answer["extVal"] = "errorCode=1";
    }
    send(answer, out);
  }
  return out;
}

}  // namespace xiaogate::devices
