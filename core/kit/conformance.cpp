#include "kit/conformance.h"

#include "host/manifest.h"
#include "kit/subject.h"
#include "model/bytes.h"

namespace xiaogate::kit {
namespace {

// load_manifest() tells all faults in one text, each beginning with its JSON pointer.
void report_manifest(const std::string& text, Report& report) {
  std::string_view rest = text;
  const auto first = rest.find(": /");
  if (first == std::string_view::npos) {
    report.error(Problem::manifest_fault, "manifest.json", text);
    return;
  }
  rest.remove_prefix(first + 2);
  while (!rest.empty()) {
    const auto end = std::min(rest.find("; /"), rest.find("\n"));
    const std::string fault(rest.substr(0, end));
    report.error(fault.starts_with("/interfaces") ? Problem::model_fault : Problem::manifest_fault,
                 "manifest.json", fault);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(rest[end] == '\n' ? end + 1 : end + 2);
  }
}

bool read_recordings_of(Subject& subject, const std::filesystem::path& folder, Report& report) {
  std::vector<RecordingFault> faults;
  subject.recordings = read_recordings(folder, subject.manifest, faults);
  for (auto& fault : faults) {
    report.error(Problem::recording_fault, std::move(fault.where), std::move(fault.what));
  }
  if (subject.recordings.empty() && faults.empty()) {
    report.error(Problem::no_recording, folder.string(), "");
  }
  return !subject.recordings.empty();
}

// Whether the library fits its manifest and can be made with the first recording's devices.
bool starts(const Subject& subject, Report& report) {
  const Recording& first = subject.recordings.front();
  const auto session =
      Session::start(subject.session, subject.manifest, first.config(), first.state);
  if (session) return true;
  report.error(Problem::does_not_start, subject.manifest.library, session.error().text);
  return false;
}

}  // namespace

void check_effects(const EffectRules& rules, const Answer& answer, const std::string& where,
                   Severity broken_model, Report& report) {
  for (const auto& effect : answer.effects) {
    const auto problem = rules.problem(effect);
    if (!problem) continue;
    constexpr Problem kFiled[] = {Problem::unknown_device, Problem::topic_not_allowed,
                                  Problem::state_too_large};
    report.error(kFiled[static_cast<std::size_t>(problem->fault)], where, problem->what);
  }
  for (const auto& refused : answer.refused) {
    report.add(broken_model, Problem::breaks_model, where,
               "device " + printable(refused.device, 40) + ", " + refused.reason);
  }
}

void report_end(const Answer& answer, const std::string& where, const std::string& input,
                Report& report) {
  Problem problem = Problem::crashed;
  if (answer.fault == host::CallFault::overran) problem = Problem::hung;
  if (answer.fault == host::CallFault::protocol) problem = Problem::broke_the_wire;
  report.error(problem, where, answer.reason + "; " + input);
}

Report run_conformance(const ConformanceOptions& options) {
  Report report;
  report.folder = options.folder.string();
  report.seed = options.seed;
  report.of(Check::manifest).ran = true;
  report.of(Check::models).ran = true;
  auto manifest = host::load_manifest(options.folder);
  if (!manifest) {
    report_manifest(manifest.error().text, report);
    return report;
  }
  report.plugin = manifest->name;
  report.version = manifest->version;

  Subject subject{.manifest = std::move(*manifest),
                  .session = {.runner = options.runner},
                  .recordings = {},
                  .seed = options.seed,
                  .quick = options.quick};
  const auto folder =
      options.recordings.empty() ? options.folder / "recordings" : options.recordings;
  report.of(Check::recordings).ran = true;
  if (!read_recordings_of(subject, folder, report)) return report;
  if (!starts(subject, report)) return report;
  check_recordings(subject, report);
  check_hostile(subject, report);
  check_call_time(subject, report);
  check_memory(subject, report);
  return report;
}

}  // namespace xiaogate::kit
