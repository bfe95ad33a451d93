// The prepared statements of one class, by name.
#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "store/database.h"

namespace xiaogate::hub {

// `Name` is an enumeration whose values are the places in the table of SQL, beginning with 0.
template <class Name>
class Statements {
 public:
  static Result<Statements> prepare(
      store::Database& database, std::initializer_list<std::pair<Name, std::string_view>> table) {
    Statements made;
    for (const auto& [name, sql] : table) {
      if (static_cast<std::size_t>(name) != made.prepared_.size()) {
        return failure("store.invalid", "a table of statements is not in the order of its names");
      }
      auto statement = database.prepare(sql);
      if (!statement) return std::unexpected(statement.error());
      made.prepared_.push_back(std::move(*statement));
    }
    return made;
  }

  store::Statement& operator[](Name name) { return prepared_.at(static_cast<std::size_t>(name)); }

 private:
  std::vector<store::Statement> prepared_;
};

}  // namespace xiaogate::hub
