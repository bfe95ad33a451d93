// Battery-swap cabinets of the China Tower (铁塔换电) JSON dialect, carried over MQTT.
//
// Sources: liasica/cabservd, internal/brands/kaixin (message.go: replies; signal.go: ids;
// control.go: control values) and TEST.md (examples); Traccar, StbProtocolDecoder and its test (the
// other numbers of the messages, examples). README.md says what is ours.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "cabinet.h"
#include "xiaogate/plugin.hpp"

namespace {

using nlohmann::json;
using xiaogate::sdk::Effects;
using xiaogate::sdk::Input;
using xiaogate::sdk::State;

constexpr std::size_t kMostUnanswered = 64;
// How far apart the cabinet's clock may seem to run by the way of a message.
constexpr std::int64_t kClockMargin = 1000;
constexpr double kTooHot = 60;  // °C of the cabinet

// Attributes of the cabinet as a whole.
const std::string kTemperature = "02113001";
const std::string kSmoke = "02017001";
const std::string kWater = "02018001";
const std::string kMaintenanceDoor = "02020002";
const std::string kMains = "02019001";  // 0 present, 1 away
// The parameter of a control, and its values.
const std::string kControl = "02301001";

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

struct Numbers {
  int login = 100;
  int attributes = 300;
  int alarm = 400;
  int control = 500;
  int query = 0;  // 0: there is none
};

struct Report {
  std::uint64_t command;
  std::int64_t asked_ms;
  std::int64_t query;  // its txnNo; 0: there is no query in this dialect
  bool heard;          // the cabinet has acknowledged the query
};

struct Device {
  std::string id;
  Numbers numbers;
  std::set<std::string> smoke_alarms;
  std::set<std::string> heat_alarms;

  Cabinet cabinet;
  std::map<std::int64_t, std::uint64_t> unanswered;  // txnNo -> command
  std::deque<Report> reports;
  std::int64_t last_txn = 0;
  std::int64_t newest = 0;  // txnNo of what the cabinet told last
  // Our clock less the cabinet's, by the quickest message so far: at least the difference.
  std::int64_t clock_ahead = std::numeric_limits<std::int64_t>::max();
  std::map<std::string, std::string> told;  // conditions of the cabinet
};

Device read_device(const json& options) {
  Device device;
  device.id = options.at("dev_id").get<std::string>();
  const json& types = options.at("types");
  device.numbers.login = types.value("login", device.numbers.login);
  device.numbers.attributes = types.value("attributes", device.numbers.attributes);
  device.numbers.alarm = types.value("alarm", device.numbers.alarm);
  device.numbers.control = types.value("control", device.numbers.control);
  device.numbers.query = types.value("query", device.numbers.query);
  device.smoke_alarms = options.at("smoke_alarms").get<std::set<std::string>>();
  device.heat_alarms = options.at("heat_alarms").get<std::set<std::string>>();
  return device;
}

std::int64_t transaction(const json& message) {
  return std::stoll(text_of(message.at("txnNo")));
}

class ChinaTower : public xiaogate::sdk::Plugin {
 public:
  ChinaTower(std::string_view config, const State&) {
    const json parsed = json::parse(config);
    for (const auto& [device, options] : parsed.at("devices").items()) {
      devices_.emplace(device, read_device(options));
    }
  }

  bool command(const Input& in, Effects& effects) override {
    Device& device = devices_.at(std::string(in.device));
    const json input = json::parse(in.data);
    if (in.name == "report") return report(device, in, effects);
    if (in.name == "open_slot") return control(device, in, "04", input.at("slot"), effects);
    if (in.name == "lock_slot") {
      return control(device, in, input.at("locked").get<bool>() ? "06" : "07", input.at("slot"),
                     effects);
    }
    if (in.name != "set_charge_limit") return false;
    // The dialect has no limit, but a slot that is out of use does not charge.
    const auto percent =
        static_cast<int>(input.at("percent").get_ref<const json::number_integer_t&>());
    if (percent != 0 && percent != 100) {
      return effects.event(in.device, "failed",
                           dump({{"command", in.id}, {"message", "only 0 or 100 percent here"}}));
    }
    if (!input.contains("slot"))
      return control(device, in, percent == 0 ? "00" : "10", {}, effects);
    return control(device, in, percent == 0 ? "06" : "07", input.at("slot"), effects);
  }

  bool message(const Input& in, Effects& effects) override {
    Device& device = devices_.at(std::string(in.device));
    if (in.name == "china_tower/" + device.id + "/online") {
      if (in.data != "true" && in.data != "false") return false;
      return effects.event(in.device, "online", dump({{"online", in.data == "true"}}));
    }
    const json message = json::parse(in.data);
    if (!message.is_object() || message.at("devId") != device.id) return false;
    const auto type =
        static_cast<int>(message.at("msgType").get_ref<const json::number_integer_t&>());
    const Numbers& numbers = device.numbers;
    if (type == numbers.control + 1) return answered(device, in, message, effects);
    if (numbers.query != 0 && type == numbers.query + 1) {
      return acknowledged(device, in, message, effects);
    }
    device.clock_ahead = std::min(device.clock_ahead, in.now_ms - transaction(message));
    if (type == numbers.login) {
      device.newest = 0;  // its clock may have been set
      effects.event(in.device, "online", dump({{"online", true}}));
    } else if (type == numbers.attributes) {
      attributes(device, in, message, effects);
    } else if (type == numbers.alarm) {
      alarms(device, in, message, effects);
    } else {
      return false;
    }
    return reply(device, in, message, effects);
  }

 private:
  static bool send(const Device& device, const Input& in, const json& message, Effects& effects) {
    // QoS 0: a broker must never keep an opening for a cabinet that is away.
    return effects.publish(in.device, "china_tower/" + device.id + "/down", dump(message), 0);
  }

  static bool reply(const Device& device, const Input& in, const json& message, Effects& effects) {
    return send(device, in,
                {{"msgType", message.at("msgType").get_ref<const json::number_integer_t&>() + 1},
                 {"txnNo", message.at("txnNo")},
                 {"devId", device.id},
                 {"result", 1}},
                effects);
  }

  static std::int64_t next_transaction(Device& device, const Input& in) {
    return device.last_txn = std::max(device.last_txn + 1, in.now_ms);
  }

  static bool control(Device& device, const Input& in, const char* value, const json& slot,
                      Effects& effects) {
    const std::int64_t txn = next_transaction(device, in);
    if (device.unanswered.size() == kMostUnanswered) {
      device.unanswered.erase(device.unanswered.begin());
    }
    device.unanswered[txn] = in.id;
    json parameter{{"id", kControl}, {"value", value}};
    if (!slot.is_null())
      parameter["doorId"] = std::to_string(slot.get_ref<const json::number_integer_t&>());
    return send(device, in,
                {{"msgType", device.numbers.control},
                 {"txnNo", txn},
                 {"devId", device.id},
                 {"paramList", json::array({parameter})}},
                effects);
  }

  static bool answered(Device& device, const Input& in, const json& message, Effects& effects) {
    const auto found = device.unanswered.find(transaction(message));
    if (found == device.unanswered.end()) return true;
    json body{{"command", found->second}};
    const bool done = text_of(message.at("result")) == "1";
    if (!done) body["message"] = text_of(message.value("extVal", json())).substr(0, 200);
    return effects.event(in.device, done ? "done" : "failed", dump(body));
  }

  static bool report(Device& device, const Input& in, Effects& effects) {
    if (device.reports.size() == kMostUnanswered) device.reports.pop_front();
    const bool query = device.numbers.query != 0;
    const std::int64_t txn = query ? next_transaction(device, in) : 0;
    device.reports.push_back({in.id, in.now_ms, txn, false});
    if (!query) return true;  // a later snapshot answers it
    return send(device, in,
                {{"msgType", device.numbers.query}, {"txnNo", txn}, {"devId", device.id}}, effects);
  }

  // What comes after it was made after the query.
  static bool acknowledged(Device& device, const Input& in, const json& message, Effects& effects) {
    for (Report& report : device.reports) {
      if (report.query == transaction(message)) report.heard = true;
    }
    if (message.contains("attrList")) attributes(device, in, message, effects);
    return true;
  }

  static void attributes(Device& device, const Input& in, const json& message, Effects& effects) {
    // Late or repeated: by the cabinet's own clock there is something newer.
    if (transaction(message) < device.newest) return;
    device.newest = transaction(message);
    const bool snapshot = text_of(message.value("isFull", json(0))) == "1";
    auto doors = device.cabinet.apply(message.at("attrList"), snapshot);
    if (snapshot) doors = device.cabinet.doors();
    for (const int door : doors) {
      if (const auto slot = device.cabinet.slot(door)) {
        effects.event(in.device, "slot", dump(*slot));
      }
    }
    conditions(device, in, effects);
    if (!snapshot) return;
    // A snapshot answers a report that was acknowledged before it came, or that was asked before it
    // was made by the cabinet's own clock. What was on its way when it was asked for proves
    // nothing.
    const std::int64_t made = transaction(message) + device.clock_ahead - kClockMargin;
    while (!device.reports.empty()) {
      const Report& first = device.reports.front();
      if (!first.heard && first.asked_ms > made) return;
      effects.event(in.device, "done", dump({{"command", first.command}}));
      device.reports.pop_front();
    }
  }

  static void conditions(Device& device, const Input& in, Effects& effects) {
    const auto changed = [&](const std::string& id, const std::string& value) {
      if (value.empty() || device.told[id] == value) return false;
      const bool first = device.told[id].empty();
      device.told[id] = value;
      return !first || value == "1";  // that all is well needs no word
    };
    const Cabinet& cabinet = device.cabinet;
    if (changed(kSmoke, cabinet.attribute(kSmoke))) {
      effects.event(in.device, "smoke", dump({{"active", device.told[kSmoke] == "1"}}));
    }
    if (changed(kMains, cabinet.attribute(kMains))) {
      effects.event(in.device, "mains", dump({{"present", device.told[kMains] == "0"}}));
    }
    if (changed(kMaintenanceDoor, cabinet.attribute(kMaintenanceDoor))) {
      effects.event(in.device, "tamper",
                    dump({{"tampered", device.told[kMaintenanceDoor] == "1"}}));
    }
    if (changed(kWater, cabinet.attribute(kWater)) && device.told[kWater] == "1") {
      effects.event(in.device, "fault", dump({{"message", "water in the cabinet"}}));
    }
    const std::string celsius = cabinet.attribute(kTemperature);
    if (celsius.empty()) return;
    const double value = std::stod(celsius);
    if (changed(kTemperature, value >= kTooHot ? "1" : "0")) {
      effects.event(in.device, "over_temperature",
                    dump({{"active", value >= kTooHot}, {"celsius", value}}));
    }
  }

  static void alarms(const Device& device, const Input& in, const json& message, Effects& effects) {
    for (const auto& alarm : message.at("alarmList")) {
      const auto id = text_of(alarm.at("id"));
      const bool active = text_of(alarm.value("alarmFlag", json(1))) == "1";
      json body = json::object();
      if (const int door = door_of(alarm); door != 0) body["slot"] = door;
      if (device.smoke_alarms.contains(id) || device.heat_alarms.contains(id)) {
        body["active"] = active;
        effects.event(in.device, device.smoke_alarms.contains(id) ? "smoke" : "over_temperature",
                      dump(body));
      } else if (active) {
        body["message"] = (id + " " + text_of(alarm.value("alarmDesc", json()))).substr(0, 200);
        effects.event(in.device, "fault", dump(body));
      }
    }
  }

  std::map<std::string, Device> devices_;
};

}  // namespace

XIAOGATE_PLUGIN(ChinaTower, "china_tower", "1.0.0")
