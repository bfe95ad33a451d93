// A gateway's report: a contiguous part of its journal.
#pragma once

#include <string_view>
#include <vector>

#include "model/record.h"
#include "model/result.h"

namespace xiaogate::hub {

// {"first", "last", "records": [{"seq", "time", "kind", "body", "prev", "hash"}]}: at least one
// record, seq from first to last without a gap, each body an object of at most Record::kMaxBody
// octets in canonical form. Members that are not known are ignored: the hub link is allowed to
// grow. Whether hashes and links are right is not looked at. Error "report.malformed": the first
// fault.
Result<std::vector<Record>> parse_report(std::string_view payload);

}  // namespace xiaogate::hub
