// A conformance report for people (English and Chinese), for programs (JSON) and for build servers
// (JUnit). The one place for the kit's sentences.
#pragma once

#include <string>

#include "cli/texts.h"
#include "kit/report.h"
#include "model/json.h"

namespace xiaogate::cli {

// What was checked, what was measured, and for each finding what, where and what to do.
std::string report_text(Language language, const kit::Report& report);

// {"plugin", "version", "folder", "seed", "conforms", "checks": [{"check", "result": "passed" |
// "failed" | "not_run", "measured": {...}, "findings": [{"severity", "problem", "where", "what",
// "advice"}], "untold"}]}
Json report_json(Language language, const kit::Report& report);

// One test suite, a test case a check. XML 1.0, UTF-8.
std::string report_junit(Language language, const kit::Report& report);

}  // namespace xiaogate::cli
