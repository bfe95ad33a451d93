// xiaogate plugin record.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include <unistd.h>

#include "cli/live_recording.h"
#include "cli/plugin_commands.h"
#include "cli/scratch_folder.h"
#include "host/manifest.h"
#include "host/package.h"
#include "kit/recorded_devices.h"
#include "kit/recorder.h"
#include "kit/recording.h"
#include "model/bytes.h"
#include "process/exit_code.h"
#include "process/private_file.h"

namespace xiaogate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDevices = std::size_t{4} << 20U;
constexpr const char* kBroker = "mqtt://127.0.0.1:1883";
constexpr std::size_t kMostFaults = 20;

// Of a package no vendor need be trusted: the plugin runs as confined as at a gateway, and here its
// own maker asks.
Result<PluginManifest> manifest_of(const std::string& plugin, const ScratchFolder& scratch) {
  std::error_code error;
  if (!fs::is_regular_file(plugin, error)) return host::load_manifest(plugin);
  const auto octets = process::read_file(plugin, host::kMaxPackage);
  if (!octets) return std::unexpected(octets.error());
  const auto package = host::open_package(as_bytes(*octets), {.vendors = {}, .development = true});
  if (!package) return std::unexpected(package.error());
  return host::unpack(*package, scratch.path() / package->list.name);
}

// Told before hours are spent on what cannot be kept.
Result<void> check_writable(const Output& output, const std::string& file) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(file, error))) {
    return failure("file.conflict", say(output.language, Text::record_exists, {file}));
  }
  fs::path folder = fs::path(file).parent_path();
  if (folder.empty()) folder = ".";
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return failure("file.missing", say(output.language, Text::file_unwritable, {file}));
  }
  return {};
}

std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

std::string outcome_of(Language language, const kit::Answer& answer) {
  if (answer.ended()) return answer.reason;
  if (!answer.understood()) return say(language, Text::record_not_understood);
  std::vector<std::string> effects;
  for (const auto& effect : answer.effects) {
    effects.push_back(std::string(kit::name_of(effect.kind)) + " " + printable(effect.name, 80));
  }
  return effects.empty() ? "-" : listed(effects);
}

// Tells on stderr as it goes, and keeps what was wrong for the end.
class Told {
 public:
  Told(const Output& output, std::string listening)
      : output_(output), listening_(std::move(listening)) {}

  LiveWatcher watcher() {
    return {.on_link = [this](bool up, const std::string& why) { link(up, why); },
            .on_call = [this](const kit::RecordedCall& call) { called(call); },
            .on_fault = [this](const std::string& what) { fault(what); }};
  }
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void line(const std::string& text) const {
    if (!output_.json) std::cerr << text << '\n';
  }
  void link(bool up, const std::string& why) const {
    line(up ? listening_ : say(output_.language, Text::record_link_down, {why}));
  }
  void called(const kit::RecordedCall& call) {
    line(std::string(kit::name_of(call.input.kind)) + " " + call.input.device + " " +
         printable(call.input.name, 200) + ": " + outcome_of(output_.language, call.answer));
    for (const auto& what : call.faults) fault(what);
  }
  void fault(const std::string& what) {
    line(say(output_.language, Text::record_fault, {what}));
    if (faults_.size() < kMostFaults && std::ranges::find(faults_, what) == faults_.end()) {
      faults_.push_back(what);
    }
  }

  const Output& output_;
  std::string listening_;
  std::vector<std::string> faults_;
};

const char* name_of(LiveEnd end) {
  switch (end) {
    case LiveEnd::stopped:
      return "stopped";
    case LiveEnd::count:
      return "count";
    case LiveEnd::time:
      return "time";
    case LiveEnd::full:
      return "full";
    case LiveEnd::plugin_ended:
      return "plugin_ended";
  }
  return "?";
}

void print_made(const Output& output, const RecordArguments& arguments,
                const PluginManifest& manifest, const kit::RecordedCounts& counts,
                const LiveOutcome& outcome, const std::vector<std::string>& faults) {
  std::string effects;
  for (const auto& [kind, count] : counts.effects) {
    effects += (effects.empty() ? "" : ", ") + kind + " " + std::to_string(count);
  }
  std::string text = say(output.language, Text::record_made,
                         {arguments.recording, std::to_string(counts.messages),
                          std::to_string(counts.commands), std::to_string(counts.timers),
                          std::to_string(counts.not_understood), effects.empty() ? "-" : effects});
  for (const auto& fault : faults) text += "\n" + say(output.language, Text::record_fault, {fault});
  if (outcome.missed > 0) {
    text += "\n" + say(output.language, Text::record_missed, {std::to_string(outcome.missed)});
  }
  if (outcome.end == LiveEnd::full) text += "\n" + say(output.language, Text::record_full);
  text += "\n" + say(output.language, Text::record_read_it);
  output.print({{"plugin", manifest.name},
                {"version", manifest.version},
                {"recording", arguments.recording},
                {"messages", counts.messages},
                {"commands", counts.commands},
                {"timers", counts.timers},
                {"not_understood", counts.not_understood},
                {"effects", counts.effects},
                {"missed", outcome.missed},
                {"faults", faults},
                {"end", name_of(outcome.end)}},
               text);
}

}  // namespace

int record_plugin(const Output& output, const RecordArguments& arguments) {
  if (auto writable = check_writable(output, arguments.recording); !writable) {
    return output.fail(writable.error());
  }
  const ScratchFolder scratch;
  const auto manifest = manifest_of(arguments.plugin, scratch);
  if (!manifest) return output.fail(manifest.error());
  const auto text = process::read_file(arguments.devices, kMaxDevices);
  if (!text) return output.fail(text.error());
  auto devices = kit::parse_recorded_devices(*text, arguments.devices, *manifest);
  if (!devices) return output.fail(devices.error());
  std::string broker = arguments.broker.empty() ? devices->broker : arguments.broker;
  if (broker.empty()) broker = kBroker;

  auto stop = process::StopSignals::block();  // before the link's threads
  if (!stop) return output.fail(stop.error());
  auto recorder = kit::Recorder::start({.runner = runner_path(arguments.runner)}, *manifest,
                                       std::move(*devices));
  if (!recorder) return output.fail(recorder.error());
  const std::string filters = listed(recorder->filters());
  Told told(output, say(output.language, Text::record_listening, {broker, filters}));
  const auto outcome = record_live(*recorder, *stop,
                                   {.broker = broker,
                                    .drive = arguments.drive,
                                    .count = static_cast<std::uint64_t>(arguments.count),
                                    .time = std::chrono::seconds(arguments.seconds)},
                                   told.watcher());
  if (!outcome) return output.fail(outcome.error());
  if (recorder->counts().inputs() == 0) {
    return output.fail(
        {"record.nothing", outcome->was_up
                               ? say(output.language, Text::record_nothing, {filters, broker})
                               : say(output.language, Text::record_no_broker, {broker})});
  }
  const auto written =
      process::write_private_file(arguments.recording, recorder->text(), process::IfThere::refuse);
  if (!written) return output.fail(written.error());
  print_made(output, arguments, *manifest, recorder->counts(), *outcome, told.faults());
  if (outcome->end != LiveEnd::plugin_ended) return process::kExitOk;
  return output.fail({"record.plugin_ended", say(output.language, Text::record_plugin_ended,
                                                 {manifest->name, arguments.recording})});
}

}  // namespace xiaogate::cli
