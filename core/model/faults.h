// All faults of one document, told at once.
#pragma once

#include <string>
#include <vector>

namespace xiaogate {

using Faults = std::vector<std::string>;  // each "<JSON pointer>: <what is wrong>"

// One line a fault, each beginning with the document's name.
inline std::string told(const Faults& faults, const std::string& source) {
  std::string text;
  for (const auto& fault : faults) text += (text.empty() ? "" : "\n") + source + ": " + fault;
  return text;
}

}  // namespace xiaogate
