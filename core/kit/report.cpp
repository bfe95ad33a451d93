#include "kit/report.h"

#include <algorithm>
#include <iterator>

namespace xiaogate::kit {
namespace {

struct CheckRow {
  Check check;
  const char* name;
};
constexpr CheckRow kChecks[] = {
    {Check::manifest, "manifest"},     {Check::models, "models"},
    {Check::recordings, "recordings"}, {Check::determinism, "determinism"},
    {Check::restart, "restart"},       {Check::hostile, "hostile"},
    {Check::effects, "effects"},       {Check::call_time, "call_time"},
    {Check::memory, "memory"},
};

struct ProblemRow {
  Problem problem;
  Check check;
  const char* name;
};
constexpr ProblemRow kProblems[] = {
    {Problem::manifest_fault, Check::manifest, "manifest_fault"},
    {Problem::does_not_start, Check::manifest, "does_not_start"},
    {Problem::model_fault, Check::models, "model_fault"},
    {Problem::no_recording, Check::recordings, "no_recording"},
    {Problem::recording_fault, Check::recordings, "recording_fault"},
    {Problem::wrong_effects, Check::recordings, "wrong_effects"},
    {Problem::wrongly_understood, Check::recordings, "wrongly_understood"},
    {Problem::not_understood, Check::recordings, "not_understood"},
    {Problem::differs_when_repeated, Check::determinism, "differs_when_repeated"},
    {Problem::restart_fails, Check::restart, "restart_fails"},
    {Problem::command_lost_by_restart, Check::restart, "command_lost_by_restart"},
    {Problem::forgets_at_restart, Check::restart, "forgets_at_restart"},
    {Problem::crashed, Check::hostile, "crashed"},
    {Problem::hung, Check::hostile, "hung"},
    {Problem::broke_the_wire, Check::hostile, "broke_the_wire"},
    {Problem::unknown_device, Check::effects, "unknown_device"},
    {Problem::topic_not_allowed, Check::effects, "topic_not_allowed"},
    {Problem::breaks_model, Check::effects, "breaks_model"},
    {Problem::state_too_large, Check::effects, "state_too_large"},
    {Problem::state_grows, Check::effects, "state_grows"},
    {Problem::slow, Check::call_time, "slow"},
    {Problem::slow_once, Check::call_time, "slow_once"},
    {Problem::memory_grows, Check::memory, "memory_grows"},
    {Problem::memory_unknown, Check::memory, "memory_unknown"},
};

constexpr bool complete() {
  if (std::size(kChecks) != static_cast<std::size_t>(Check::count)) return false;
  if (std::size(kProblems) != static_cast<std::size_t>(Problem::count)) return false;
  for (std::size_t i = 0; i < std::size(kChecks); ++i) {
    if (kChecks[i].check != static_cast<Check>(i)) return false;
  }
  for (std::size_t i = 0; i < std::size(kProblems); ++i) {
    if (kProblems[i].problem != static_cast<Problem>(i)) return false;
  }
  return true;
}
static_assert(complete(), "one row each, in the order of the enumerations");

}  // namespace

bool CheckResult::passed() const {
  return std::ranges::none_of(
      findings, [](const Finding& finding) { return finding.severity == Severity::error; });
}

Report::Report() {
  for (const auto& row : kChecks) checks.push_back({.check = row.check});
}

void Report::add(Severity severity, Problem problem, std::string where, std::string detail) {
  CheckResult& result = of(kProblems[static_cast<std::size_t>(problem)].check);
  result.ran = true;
  const auto told = std::ranges::count_if(result.findings, [&](const Finding& finding) {
    return finding.problem == problem && finding.severity == severity;
  });
  if (static_cast<std::size_t>(told) >= kMostFindings) {
    ++result.untold;
    return;
  }
  result.findings.push_back({severity, problem, std::move(where), std::move(detail)});
}

bool Report::conforms() const {
  return std::ranges::all_of(checks, [](const CheckResult& check) { return check.passed(); });
}

const char* name_of(Check check) {
  return kChecks[static_cast<std::size_t>(check)].name;
}

const char* name_of(Problem problem) {
  return kProblems[static_cast<std::size_t>(problem)].name;
}

}  // namespace xiaogate::kit
