#include "cli/plugin_report.h"

#include <iterator>

#include "cli/plugin_report_texts.h"

namespace xiaogate::cli {
namespace {

using kit::CheckResult;
using kit::Finding;
using kit::Report;
using kit::Severity;

const char* result_of(const CheckResult& check) {
  if (!check.ran) return "not_run";
  return check.passed() ? "passed" : "failed";
}

std::string measured_text(const CheckResult& check) {
  std::string text;
  for (const auto& [name, value] : check.measured) {
    text += (text.empty() ? "" : ", ") + name + " " + std::to_string(value);
  }
  return text;
}

// XML 1.0 has no way to write most control characters, and the text of a finding may hold anything.
std::string escaped(const std::string& text) {
  std::string xml;
  for (const char c : text) {
    switch (c) {
      case '&':
        xml += "&amp;";
        break;
      case '<':
        xml += "&lt;";
        break;
      case '>':
        xml += "&gt;";
        break;
      case '"':
        xml += "&quot;";
        break;
      default:
        xml += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return xml;
}

}  // namespace

std::string report_text(Language language, const Report& report) {
  std::string text =
      say(language, Text::conformance_title,
          {report.plugin.empty() ? "?" : report.plugin, report.version, report.folder}) +
      "\n";
  for (const CheckResult& check : report.checks) {
    const std::string result = say(language, !check.ran       ? Text::conformance_not_run
                                             : check.passed() ? Text::conformance_passed
                                                              : Text::conformance_failed);
    const std::string measured = measured_text(check);
    text += "  " + result + "  " + check_text(language, check.check) +
            (measured.empty() ? "" : " (" + measured + ")") + "\n";
    for (const Finding& finding : check.findings) {
      text += "        " +
              say(language, finding.severity == Severity::error ? Text::conformance_error
                                                                : Text::conformance_warning) +
              " " + finding.where + ": " + what_text(language, finding) + "\n          → " +
              advice_text(language, finding.problem) + "\n";
    }
    if (check.untold > 0) {
      text += "        " + say(language, Text::conformance_untold, {std::to_string(check.untold)}) +
              "\n";
    }
  }
  text += say(language, report.conforms() ? Text::conformance_good : Text::conformance_bad,
              {std::to_string(report.seed)});
  return text;
}

Json report_json(Language language, const Report& report) {
  Json checks = Json::array();
  for (const CheckResult& check : report.checks) {
    Json findings = Json::array();
    for (const Finding& finding : check.findings) {
      findings.push_back({{"severity", finding.severity == Severity::error ? "error" : "warning"},
                          {"problem", name_of(finding.problem)},
                          {"where", finding.where},
                          {"what", what_text(language, finding)},
                          {"advice", advice_text(language, finding.problem)}});
    }
    Json measured = Json::object();
    for (const auto& [name, value] : check.measured) measured[name] = value;
    checks.push_back({{"check", name_of(check.check)},
                      {"result", result_of(check)},
                      {"measured", std::move(measured)},
                      {"findings", std::move(findings)},
                      {"untold", check.untold}});
  }
  return {{"plugin", report.plugin},       {"version", report.version},
          {"folder", report.folder},       {"seed", report.seed},
          {"conforms", report.conforms()}, {"checks", std::move(checks)}};
}

std::string report_junit(Language language, const Report& report) {
  std::string cases;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (const CheckResult& check : report.checks) {
    cases += "  <testcase classname=\"" + escaped(report.plugin) + "\" name=\"" +
             name_of(check.check) + "\">";
    if (!check.ran) {
      ++skipped;
      cases += "<skipped/>";
    }
    std::string failures;
    std::string warnings;
    for (const Finding& finding : check.findings) {
      const std::string line = finding.where + ": " + what_text(language, finding) + "\n  " +
                               advice_text(language, finding.problem) + "\n";
      (finding.severity == Severity::error ? failures : warnings) += line;
    }
    if (!failures.empty()) {
      ++failed;
      cases += "\n    <failure message=\"" + escaped(check_text(language, check.check)) + "\">" +
               escaped(failures) + "</failure>";
    }
    const std::string measured = measured_text(check);
    if (!warnings.empty() || !measured.empty()) {
      cases += "\n    <system-out>" +
               escaped(measured + (measured.empty() ? "" : "\n") + warnings) + "</system-out>";
    }
    cases += "</testcase>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"xiaogate plugin test " +
         escaped(report.plugin) + " " + escaped(report.version) + "\" tests=\"" +
         std::to_string(report.checks.size()) + "\" failures=\"" + std::to_string(failed) +
         "\" skipped=\"" + std::to_string(skipped) + "\">\n" + cases + "</testsuite>\n";
}

}  // namespace xiaogate::cli
