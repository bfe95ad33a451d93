// Numbers in the query of a request.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "api/http.h"

namespace xiaogate::hub {

// The decimal number of that name, at most `most`; `fallback` when it is absent, nothing when it is
// something else.
inline std::optional<std::int64_t> query_number(const api::Request& request, std::string_view name,
                                                std::int64_t fallback, std::int64_t most) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return fallback;
  const std::string& text = found->second;
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > most) {
    return std::nullopt;
  }
  return number;
}

}  // namespace xiaogate::hub
