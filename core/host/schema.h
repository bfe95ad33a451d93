// JSON Schema (draft 7), through the one door by which valijson enters the project.
#pragma once

#include <string>
#include <vector>

#include "model/json.h"
#include "model/result.h"

namespace xiaogate::host {

// Whether `schema` can be used at all. Error "schema.invalid". `$ref` works inside the schema only.
Result<void> check_schema(const Json& schema);

// Every fault of `value` against a schema that check_schema() accepted, each as
// "<JSON pointer>: <what>" (the pointer of the whole value is empty); no fault when it is valid.
std::vector<std::string> schema_faults(const Json& schema, const Json& value);

}  // namespace xiaogate::host
