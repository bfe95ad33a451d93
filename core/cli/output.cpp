#include "cli/output.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string_view>

#include "process/exit_code.h"

namespace xiaogate::cli {

void Output::print(const Json& value, const std::string& text) const {
  std::cout << (json ? canonical(value) : text) << '\n';
}

int Output::fail(const Error& error) const {
  if (json) {
    std::cerr << canonical({{"error", {{"code", error.code}, {"text", error.text}}}}) << '\n';
  } else {
    std::cerr << say(language, Text::failed, {error.text}) << '\n';
  }
  return process::kExitFailed;
}

Language choose_language(int argc, const char* const* argv) {
  const auto language = [](std::string_view name) {
    return name.starts_with("zh") ? Language::chinese : Language::english;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--lang=")) return language(argument.substr(7));
    if (argument == "--lang" && i + 1 < argc) return language(argv[i + 1]);
  }
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* set = std::getenv(name);
    if (set != nullptr && *set != '\0') return language(set);
  }
  return Language::english;
}

std::string local_time(std::int64_t millis) {
  const auto seconds = static_cast<std::time_t>(millis / 1000);
  std::tm broken{};
  localtime_r(&seconds, &broken);
  std::array<char, 64> date{};
  std::array<char, 16> zone{};
  if (std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M:%S", &broken) == 0) return "?";
  if (std::strftime(zone.data(), zone.size(), "%z", &broken) == 0) return date.data();
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%s.%03d %s", date.data(),
                static_cast<int>(millis % 1000), zone.data());
  return text.data();
}

}  // namespace xiaogate::cli
