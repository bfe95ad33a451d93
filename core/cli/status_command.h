// xiaogate status: what a running gateway says of itself.
#pragma once

#include <string>

#include "cli/output.h"

namespace xiaogate::cli {

// `socket` is the gateway's admin socket. Returns the exit code.
int show_status(const Output& output, const std::string& socket);

// The answer for a person. Members that are missing are shown as "?".
std::string status_text(Language language, const Json& status);

}  // namespace xiaogate::cli
