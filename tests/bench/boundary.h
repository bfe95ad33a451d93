// What it costs to hold an event to its Thing Model, beside parsing the same text as JSON, which
// nobody who reads it can do without.
#pragma once

#include "model/json.h"

namespace xiaogate::bench {

// {"<event>": {"check_p50", "check_p99", "parse_p50", "parse_p99"}, ...} in microseconds: a check
// with the parsing that is part of it, and the parsing alone. Throws when something is wrong.
Json boundary(int rounds);

}  // namespace xiaogate::bench
