// JSON, through the one door by which nlohmann-json enters the project.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/bytes.h"
#include "model/result.h"

namespace xiaogate {

using Json = nlohmann::json;

// Parses one JSON text of at most 32 levels. The error ("json.invalid") names line and column or
// the byte offset.
Result<Json> parse_json(std::string_view text);

// Compact text with members in byte order of their names: for values of objects, arrays, strings,
// integers, booleans and null, with ASCII member names, this is the canonical form of RFC 8785.
// Strings that are not UTF-8 are written with replacement characters, never refused.
std::string canonical(const Json& value);

// Reads members of a JSON object and remembers every fault with its JSON pointer, so that all
// faults of a document are told at once. A member that is never asked for is a fault as well
// (a misspelt option must not be ignored in silence), told by finish().
//
//   JsonReader in(json, "", errors);
//   auto id = in.text("id");            // required; "" after a fault
//   auto ttl = in.integer_or("ttl_ms", 3000, 100, 60000);
//   in.finish();
class JsonReader {
 public:
  // Borrows `value` and `faults` for its lifetime; `pointer` is where value lies in the document.
  JsonReader(const Json& value, std::string pointer, std::vector<std::string>& faults);

  std::string text(const char* name);
  std::string text_or(const char* name, std::string fallback);
  std::int64_t integer(const char* name, std::int64_t least, std::int64_t most);
  std::int64_t integer_or(const char* name, std::int64_t fallback, std::int64_t least,
                          std::int64_t most);
  bool boolean_or(const char* name, bool fallback);
  // An empty array after a fault; array_or_empty also when absent.
  const Json& array(const char* name);
  const Json& array_or_empty(const char* name);
  // An array of texts; empty when absent, without the elements that are none after a fault.
  std::vector<std::string> texts_or_empty(const char* name);
  // An empty object when absent.
  const Json& object_or_empty(const char* name);
  // Null when the member is absent.
  const Json* find(const char* name);

  // Adds the fault "<pointer>/<name>: <what>".
  void fault(const std::string& name, const std::string& what);
  std::string at(const std::string& name) const { return pointer_ + "/" + name; }
  void finish();

 private:
  const Json* member(const char* name, bool required);

  const Json& value_;
  std::string pointer_;
  std::vector<std::string>& faults_;
  std::vector<std::string> asked_;
};

}  // namespace xiaogate
