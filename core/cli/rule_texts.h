// What each rule asks, and what its answer means, in sentences.
#pragma once

#include <string>

#include "access/trace.h"
#include "cli/texts.h"

namespace xiaogate::cli {

std::string say_step(Language language, const access::Step& step);

}  // namespace xiaogate::cli
