// What the conformance kit found. Values; the sentences for people are the command line's
// (cli/plugin_report.h).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace xiaogate::kit {

// In the order in which they run. The names stand in reports: "manifest", "models", ...
enum class Check : std::uint8_t {
  manifest,     // every member of manifest.json; the library fits it and starts
  models,       // the Thing Models that the manifest offers are there
  recordings,   // each recording's effects come
  determinism,  // the same twice
  restart,      // and after a restart at every step, with the state that was put
  hostile,      // survives what nobody should send
  effects,      // topics, events, state: what the gateway would have to drop
  call_time,
  memory,
  count
};

enum class Problem : std::uint8_t {
  manifest_fault,
  does_not_start,
  model_fault,
  no_recording,
  recording_fault,
  wrong_effects,
  wrongly_understood,
  not_understood,
  differs_when_repeated,
  restart_fails,
  command_lost_by_restart,
  forgets_at_restart,
  crashed,
  hung,
  broke_the_wire,
  unknown_device,
  topic_not_allowed,
  breaks_model,
  state_too_large,
  state_grows,
  slow,
  slow_once,
  memory_grows,
  memory_unknown,
  count
};

enum class Severity : std::uint8_t { warning, error };

struct Finding {
  Severity severity = Severity::error;
  Problem problem = Problem::manifest_fault;
  std::string where;   // "open.jsonl:12", "manifest.json /topics/publish/0", "seed 1, input 4711"
  std::string detail;  // what exactly, for the place {0} of the problem's sentence
};

struct CheckResult {
  Check check = Check::manifest;
  bool ran = false;                    // or an earlier check left nothing to run it on
  std::vector<Finding> findings = {};  // at most kMostFindings of one problem
  std::size_t untold = 0;              // findings beyond that
  std::vector<std::pair<std::string, std::int64_t>> measured =
      {};  // the unit ends the name: "p99_us"

  bool passed() const;
};

inline constexpr std::size_t kMostFindings = 10;

struct Report {
  std::string plugin;
  std::string version;
  std::string folder;
  std::uint64_t seed = 0;
  std::vector<CheckResult> checks;  // one for each of Check, in order

  Report();
  CheckResult& of(Check check) { return checks[static_cast<std::size_t>(check)]; }
  const CheckResult& of(Check check) const { return checks[static_cast<std::size_t>(check)]; }
  // Files the finding under the check that its problem belongs to.
  void add(Severity severity, Problem problem, std::string where, std::string detail);
  void error(Problem problem, std::string where, std::string detail) {
    add(Severity::error, problem, std::move(where), std::move(detail));
  }
  void warning(Problem problem, std::string where, std::string detail) {
    add(Severity::warning, problem, std::move(where), std::move(detail));
  }
  // No error anywhere.
  bool conforms() const;
};

const char* name_of(Check check);
const char* name_of(Problem problem);

}  // namespace xiaogate::kit
