// How every command answers: text for a person, or JSON for a program.
#pragma once

#include <string>

#include "cli/texts.h"
#include "model/json.h"
#include "model/result.h"

namespace xiaogate::cli {

struct Output {
  Language language = Language::english;
  bool json = false;

  // One line on stdout: `value` with --json, `text` otherwise.
  void print(const Json& value, const std::string& text) const;
  // One line on stderr (with --json {"error": {"code", "text"}}); returns kExitFailed.
  int fail(const Error& error) const;
};

// Chinese when the first of LC_ALL, LC_MESSAGES and LANG that is set begins with "zh", or when
// "--lang zh" is among the arguments; that wins.
Language choose_language(int argc, const char* const* argv);

// Milliseconds since 1970 as local text: "2026-03-01 08:00:00.123 +0800".
std::string local_time(std::int64_t millis);

}  // namespace xiaogate::cli
