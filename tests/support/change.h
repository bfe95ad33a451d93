// One change of a good document, and whether it is still good: a row of the tables by which a JSON
// Schema and a reader are found to agree.
#pragma once

#include "model/json.h"

namespace xiaogate::test {

struct Change {
  const char* pointer;  // JSON pointer
  Json value;           // null takes the member away
  bool still_good;

  Json of(Json document) const {
    const Json::json_pointer at(pointer);
    if (value.is_null()) {
      document[at.parent_pointer()].erase(at.back());
    } else {
      document[at] = value;
    }
    return document;
  }
};

}  // namespace xiaogate::test
