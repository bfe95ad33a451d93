#include "cli/site_text.h"

#include "cli/admin_call.h"

namespace xiaogate::cli {
namespace {

// A member that is an object, or an empty one.
Json object(const Json& value, const char* member) {
  const auto found = value.is_object() ? value.find(member) : value.end();
  return found != value.end() && found->is_object() ? *found : Json::object();
}

// "<id> (<name in the reader's language>)", or the id alone when that is its name.
std::string named(Language language, const std::string& id, const Json& row) {
  const std::string name = shown(row, language == Language::chinese ? "name_zh" : "name_en");
  return name == "?" || name == id ? id : id + " (" + name + ")";
}

bool is_true(const Json& row, const char* member) {
  const auto found = row.is_object() ? row.find(member) : row.end();
  return found != row.end() && found->is_boolean() && found->get<bool>();
}

std::string point_lines(Language language, const Json& status) {
  std::string text;
  const Json points = object(status, "access_points");
  for (const auto& [id, row] : points.items()) {
    text += say(language, Text::status_point,
                {named(language, id, row), shown(row, "gate"),
                 say_word(language, shown(row, "door")), say_word(language, shown(row, "mode"))}) +
            "\n";
  }
  return text.empty() ? text : say(language, Text::status_points) + "\n" + text;
}

std::string area_lines(Language language, const Json& status) {
  std::string text;
  const Json areas = object(status, "areas");
  for (const auto& [id, row] : areas.items()) {
    std::string state;
    if (is_true(row, "fire")) state += "  " + say(language, Text::status_fire);
    if (is_true(row, "lock_down")) state += "  " + say_word(language, "locked_down");
    if (state.empty()) state = "  " + say_word(language, "normal");
    const Json bays = object(row, "bays");
    if (!bays.empty()) {
      state += "  " + say(language, Text::status_bays,
                          {shown(bays, "free"), shown(bays, "occupied"), shown(bays, "unknown")});
    }
    text += "  " + named(language, id, row) + state + "\n";
  }
  return text.empty() ? text : say(language, Text::status_areas) + "\n" + text;
}

std::string alarm_lines(Language language, const Json& status) {
  std::string text;
  const auto alarms = status.find("alarms");
  if (alarms != status.end() && alarms->is_array()) {
    for (const auto& alarm : *alarms) {
      const auto since = alarm.is_object() ? alarm.find("since") : alarm.end();
      const bool timed = since != alarm.end() && since->is_number_integer();
      text += "  " + (timed ? local_time(since->get<std::int64_t>()) : "?") + "  " +
              say_word(language, shown(alarm, "kind")) + "  " + shown(alarm, "subject") + "  #" +
              shown(alarm, "record") + "\n";
    }
  }
  return say(language, Text::status_alarms) + "\n" +
         (text.empty() ? say(language, Text::status_none) + "\n" : text);
}

}  // namespace

std::string site_text(Language language, const Json& status) {
  return alarm_lines(language, status) + point_lines(language, status) +
         area_lines(language, status);
}

}  // namespace xiaogate::cli
