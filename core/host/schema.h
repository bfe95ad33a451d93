// JSON Schema (draft 7), through the one door by which valijson enters the project.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/json.h"
#include "model/result.h"

namespace xiaogate::host {

// A compiled schema. Immutable: any number of threads may share one. Copies share what was
// compiled.
class Schema {
 public:
  // Error "schema.invalid": it is none. `$ref` works inside the schema only.
  static Result<Schema> compile(const Json& schema);

  // Whether `value` is valid: the quick question.
  bool accepts(const Json& value) const;
  // Every fault of `value`, each as "<JSON pointer>: <what>" (the pointer of the whole value is
  // empty); none when it is valid.
  std::vector<std::string> faults(const Json& value) const;

 private:
  struct Compiled;
  explicit Schema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace xiaogate::host
