// Errors as values. Every function that input can make fail returns Result<T>; exceptions stay
// inside the adapter of the library that throws them.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace xiaogate {

// What went wrong, for a program (code) and for a person (text).
struct [[nodiscard]] Error {
  // Stable dotted name, e.g. "config.invalid"; always a string literal.
  std::string_view code;
  // One sentence or more: what was wrong, where, and what to do.
  std::string text;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(std::string_view code, std::string text) {
  return std::unexpected<Error>(Error{code, std::move(text)});
}

}  // namespace xiaogate
