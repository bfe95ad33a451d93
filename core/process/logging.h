// The log of a process: one line an event, to stderr, where systemd or a terminal picks it up.
//
//   2026-03-01T08:00:00.123Z info xiaogated: hub connected host=hub.example attempt=3
//
// Process-wide, like stderr itself; every function may be called from any thread, but start_logging
// before there are others. Nothing here
// throws, and nothing reads back what was logged: the journal is the record, the log is for people.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace xiaogate::process {

enum class LogLevel { debug, info, warning, error };

// "debug", "info", "warning", "error".
std::string_view to_string(LogLevel level);
std::optional<LogLevel> parse_log_level(std::string_view text);

// One key=value of a line. Values may be hostile: what is not printable ASCII or UTF-8 text, and
// any value with blanks, quotes or '=', is written in quotes with escapes, so that a line stays one
// line and one value stays one value.
struct LogField {
  LogField(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
  LogField(std::string_view field_name, const char* text) : name(field_name), value(text) {}
  LogField(std::string_view field_name, const std::string& text) : name(field_name), value(text) {}
  template <class Number>
    requires(std::integral<Number> && !std::same_as<Number, bool>)
  LogField(std::string_view field_name, Number number)
      : name(field_name), value(std::to_string(number)) {}
  template <class Flag>
    requires std::same_as<Flag, bool>
  LogField(std::string_view field_name, Flag flag)
      : name(field_name), value(flag ? "true" : "false") {}

  std::string_view name;  // borrowed for the call
  std::string value;
};

// Names the program in every line from now on and hides what is below `least`. Before this call
// lines carry no name, and debug lines are hidden.
void start_logging(std::string_view program, LogLevel least);

// `event` is a short phrase in the past or present tense, without values in it: those are fields.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::debug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, event, fields);
}
inline void log_warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warning, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, event, fields);
}

// The text of a line after time, level and program; what log() writes.
std::string log_line(std::string_view event, std::initializer_list<LogField> fields);

}  // namespace xiaogate::process
