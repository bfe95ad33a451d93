#include "model/json.h"

#include <algorithm>

namespace xiaogate {
namespace {

constexpr int kMaxDepth = 32;

const Json kEmptyArray = Json::array();
const Json kEmptyObject = Json::object();

// nlohmann recurses while it destroys; refuse deep input before a value is built from it.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (too_deep(text)) return failure("json.invalid", "nested deeper than 32 levels");
  try {
    return Json::parse(text);
  } catch (const Json::exception& e) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    const std::string_view what = e.what();
    const auto start = what.find("] ");
    return failure("json.invalid",
                   printable(start == std::string_view::npos ? what : what.substr(start + 2), 200));
  }
}

std::string canonical(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

JsonReader::JsonReader(const Json& value, std::string pointer, std::vector<std::string>& faults)
    : value_(value.is_object() ? value : kEmptyObject),
      pointer_(std::move(pointer)),
      faults_(faults) {
  if (!value.is_object())
    faults_.push_back((pointer_.empty() ? "/" : pointer_) + ": must be an object");
}

const Json* JsonReader::member(const char* name, bool required) {
  asked_.emplace_back(name);
  const auto found = value_.find(name);
  if (found != value_.end()) return &*found;
  if (required) fault(name, "missing");
  return nullptr;
}

void JsonReader::fault(const std::string& name, const std::string& what) {
  faults_.push_back(at(name) + ": " + what);
}

std::string JsonReader::text(const char* name) {
  const Json* found = member(name, true);
  if (found == nullptr) return {};
  if (found->is_string()) return found->get<std::string>();
  fault(name, "must be a text");
  return {};
}

std::string JsonReader::text_or(const char* name, std::string fallback) {
  return value_.contains(name) ? text(name) : (member(name, false), std::move(fallback));
}

std::int64_t JsonReader::integer(const char* name, std::int64_t least, std::int64_t most) {
  const Json* found = member(name, true);
  if (found == nullptr) return least;
  if (found->is_number_integer()) {
    const auto number = found->is_number_unsigned() &&
                                found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)
                            ? INT64_MAX
                            : found->get<std::int64_t>();
    if (number >= least && number <= most) return number;
  }
  fault(name,
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

std::int64_t JsonReader::integer_or(const char* name, std::int64_t fallback, std::int64_t least,
                                    std::int64_t most) {
  if (value_.contains(name)) return integer(name, least, most);
  asked_.emplace_back(name);
  return fallback;
}

bool JsonReader::boolean_or(const char* name, bool fallback) {
  const Json* found = member(name, false);
  if (found == nullptr) return fallback;
  if (found->is_boolean()) return found->get<bool>();
  fault(name, "must be true or false");
  return fallback;
}

const Json& JsonReader::array(const char* name) {
  const Json* found = member(name, true);
  if (found == nullptr) return kEmptyArray;
  if (found->is_array()) return *found;
  fault(name, "must be an array");
  return kEmptyArray;
}

const Json& JsonReader::array_or_empty(const char* name) {
  return value_.contains(name) ? array(name) : (member(name, false), kEmptyArray);
}

std::vector<std::string> JsonReader::texts_or_empty(const char* name) {
  std::vector<std::string> texts;
  const Json& elements = array_or_empty(name);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].is_string()) {
      texts.push_back(elements[i].get<std::string>());
    } else {
      fault(std::string(name) + "/" + std::to_string(i), "must be a text");
    }
  }
  return texts;
}

const Json& JsonReader::object_or_empty(const char* name) {
  const Json* found = member(name, false);
  if (found == nullptr) return kEmptyObject;
  if (found->is_object()) return *found;
  fault(name, "must be an object");
  return kEmptyObject;
}

const Json* JsonReader::find(const char* name) {
  return member(name, false);
}

void JsonReader::finish() {
  for (const auto& [name, unused] : value_.items()) {
    if (std::ranges::find(asked_, name) != asked_.end()) continue;
    std::string known;
    for (const auto& asked : asked_) known += (known.empty() ? "" : ", ") + asked;
    fault(printable(name), "not an option; options here: " + known);
  }
}

}  // namespace xiaogate
