// What a cabinet of the China Tower dialect has told of itself: its attributes by slot, and the
// Thing Model's words for them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

// One attribute list: a snapshot (isFull 1) replaces everything, else what is not in it has not
// changed.
class Cabinet {
 public:
  // Applies `list` and returns the slots of which something was told. Throws for what is no
  // attribute list.
  std::set<int> apply(const nlohmann::json& list, bool snapshot);

  // The property `slot`; nullopt until state and door are known.
  std::optional<nlohmann::json> slot(int door) const;
  std::set<int> doors() const;
  // An attribute of the cabinet as a whole; empty when it was never told.
  std::string attribute(const std::string& id) const;

 private:
  using Attributes = std::map<std::string, std::string>;  // by id
  std::map<int, Attributes> doors_;                       // 0: the cabinet
};

// A value as text, whether it came as text or as a number.
std::string text_of(const nlohmann::json& value);
// The number of a slot, 0 for none. Throws for anything else.
int door_of(const nlohmann::json& entry);
