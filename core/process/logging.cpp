#include "process/logging.h"

#include <array>
#include <memory>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace xiaogate::process {
namespace {

constexpr std::array kLevels{LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error};

spdlog::level::level_enum of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    // stderr may be a closed pipe; a lost line must not become a second failure.
    made->set_error_handler([](const std::string&) {});
    return made;
  }();
  return *instance;
}

std::string& program_prefix() {
  static std::string prefix;
  return prefix;
}

bool is_plain(unsigned char c) {
  return c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7F;
}

// Control characters escaped; UTF-8 passes, so that Chinese names stay readable.
void append_escaped(std::string& line, std::string_view text, bool quoted) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (quoted && (c == '"' || c == '\\')) {
      line += '\\';
      line += c;
    } else if (octet < ' ' || octet == 0x7F) {
      line += "\\x";
      line += kHex[octet >> 4U];
      line += kHex[octet & 0x0FU];
    } else {
      line += c;
    }
  }
}

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (!is_plain(static_cast<unsigned char>(c))) return true;
  }
  return false;
}

// The length of the UTF-8 sequence at `text`'s start; 0 when it is none (RFC 3629).
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (const LogLevel level : kLevels) {
    if (text == to_string(level)) return level;
  }
  return std::nullopt;
}

void start_logging(std::string_view program, LogLevel least) {
  program_prefix() = std::string(program) + ": ";
  logger().set_level(of(least));
}

std::string log_line(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line;
  append_escaped(line, event, false);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    std::string value = field.value;
    if (!is_utf8(value)) {
      for (char& c : value) {
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
      }
    }
    const bool quoted = needs_quotes(value);
    if (quoted) line += '"';
    append_escaped(line, value, quoted);
    if (quoted) line += '"';
  }
  return line;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!logger().should_log(of(level))) return;
  logger().log(of(level), spdlog::string_view_t(program_prefix() + log_line(event, fields)));
}

}  // namespace xiaogate::process
