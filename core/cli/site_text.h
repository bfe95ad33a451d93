// The site's part of the status for a person: gates, areas, parking bays and alarms.
#pragma once

#include <string>

#include "cli/output.h"

namespace xiaogate::cli {

// Lines of text, each ended by a newline; nothing of what the site does not have. Members that are
// missing are shown as "?".
std::string site_text(Language language, const Json& status);

}  // namespace xiaogate::cli
