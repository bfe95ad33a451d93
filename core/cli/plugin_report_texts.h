// The sentences of a conformance report, in English and Chinese.
#pragma once

#include <string>

#include "cli/texts.h"
#include "kit/report.h"

namespace xiaogate::cli {

// What a check is about.
std::string check_text(Language language, kit::Check check);
// What was found, with the finding's detail.
std::string what_text(Language language, const kit::Finding& finding);
// What to do about it.
std::string advice_text(Language language, kit::Problem problem);

}  // namespace xiaogate::cli
