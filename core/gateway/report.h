// A report to the hub: records as the hub link writes them.
#pragma once

#include <span>
#include <string>

#include "model/record.h"

namespace xiaogate::gateway {

// {"first", "last", "records": [{"seq", "time", "kind", "body", "prev", "hash"}, ...]}; time in
// milliseconds, prev and hash in hexadecimal. REQUIRES: records is not empty and contiguous.
std::string report_text(std::span<const Record> records);

}  // namespace xiaogate::gateway
