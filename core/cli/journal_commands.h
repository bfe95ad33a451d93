// xiaogate journal: reads a gateway's journal, while it runs or not.
#pragma once

#include <cstdint>
#include <string>

#include "cli/output.h"

namespace xiaogate::cli {

// Both return the exit code. `data` is the gateway's data directory.

// At most `limit` records from sequence number `from` on (0: from the oldest); `limit` 0: all.
// With JSON, one object a line.
int show_journal(const Output& output, const std::string& data, std::uint64_t from,
                 std::uint64_t limit);

// kExitFailed when the chain is broken, with the sentence that says where.
int verify_journal(const Output& output, const std::string& data);

}  // namespace xiaogate::cli
