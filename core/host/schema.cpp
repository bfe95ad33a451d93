#include "host/schema.h"

// Without this valijson ends the process where a schema is wrong.
#define VALIJSON_USE_EXCEPTIONS 1

#include <exception>

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace xiaogate::host {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

// valijson's context is {"<root>", "[name]", "[0]", ...}.
std::string pointer(const std::vector<std::string>& context) {
  std::string text;
  for (std::size_t i = 1; i < context.size(); ++i) {
    std::string_view step = context[i];
    if (step.starts_with('[') && step.ends_with(']')) step = step.substr(1, step.size() - 2);
    text += '/';
    for (const char c : step) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
  }
  return printable(text, 200);
}

}  // namespace

struct Schema::Compiled {
  valijson::Schema schema;
};

Result<Schema> Schema::compile(const Json& schema) {
  try {
    auto compiled = std::make_shared<Compiled>();
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(Adapter(schema), compiled->schema);
    return Schema(std::move(compiled));
  } catch (const std::exception& e) {
    return failure("schema.invalid", printable(e.what(), 200));
  }
}

bool Schema::accepts(const Json& value) const {
  try {
    // A validator remembers regular expressions, so it is not to be shared; an empty one costs
    // nothing.
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    return validator.validate(compiled_->schema, Adapter(value), nullptr);
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<std::string> Schema::faults(const Json& value) const {
  std::vector<std::string> faults;
  try {
    valijson::ValidationResults results;
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    if (validator.validate(compiled_->schema, Adapter(value), &results)) return faults;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      // Said once more about the object around a member that has been told of.
      if (error.description.starts_with("Failed to validate against schema associated with")) {
        continue;
      }
      faults.push_back(pointer(error.context) + ": " + printable(error.description, 200));
    }
    if (faults.empty()) faults.emplace_back(": not valid");
  } catch (const std::exception& e) {
    faults.push_back(std::string(": the schema cannot be applied: ") + printable(e.what(), 200));
  }
  return faults;
}

}  // namespace xiaogate::host
