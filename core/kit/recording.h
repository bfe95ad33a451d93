// recordings/*.jsonl of a plugin's folder: inputs, and the effects that must come of them. Lines of
// JSON; docs/vendors.md is the specification.
//
//   {"devices": {"<id>": {options}}}        first; the options pass through the manifest's schema
//   {"state": {"<key>": "<value>"}}         may follow: what the plugin finds stored
//   {"input": {"kind": "message", "device": "..", "name": "..", "data": .., "id": 1, "now_ms": 0}}
//   {"effects": [{"kind": "publish", "device": "..", "name": "..", "data": .., "qos": 0}]}
//       or {"not_understood": true}         the answer to the input before it
//
// Everything here is a pure reading of its arguments (read_recordings() also of files) and may be
// called on any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/device_topics.h"
#include "model/json.h"
#include "model/plugin.h"
#include "model/time.h"

namespace xiaogate::kit {

// An effect that must come. Where the recording gives `data` as an object or array, `json` holds it
// and the data must equal it as JSON; otherwise effect.data must be the very octets.
struct ExpectedEffect {
  PluginEffect effect;
  std::optional<Json> json;

  bool fits(const PluginEffect& got) const;
};

struct RecordedStep {
  std::size_t line = 0;         // of the input, counted from 1
  std::size_t answer_line = 0;  // of what must come of it
  PluginInput input;
  std::uint64_t id = 1;  // of the call
  WallTime now;
  bool understood = true;
  bool after_restart_differs = false;  // says of itself that it relies on what is not put()
  std::vector<ExpectedEffect> effects;
};

struct Recording {
  std::string name;                            // of the file
  std::map<std::string, Json> devices;         // options, completed by the schema's defaults
  std::map<std::string, DeviceTopics> topics;  // of the devices, by the manifest
  PluginState state;
  std::vector<RecordedStep> steps;

  std::string config() const;  // what the plugin's create() is given
};

// Something wrong in a recording, "open.jsonl:12" and "/input/kind: must be ...".
struct RecordingFault {
  std::string where;
  std::string what;
};

// Reads one recording; every fault goes to `faults`, and the result counts only when none came.
Recording parse_recording(std::string_view text, const std::string& name,
                          const PluginManifest& manifest, std::vector<RecordingFault>& faults);

// Reads `folder`/*.jsonl in the order of their names. Without the folder, or without a file in it,
// there are none. A recording that has faults is left out.
std::vector<Recording> read_recordings(const std::filesystem::path& folder,
                                       const PluginManifest& manifest,
                                       std::vector<RecordingFault>& faults);

// Recordings that have a step, those of the same devices and options together: what one instance of
// the plugin can be given. Borrows.
std::vector<std::vector<const Recording*>> by_configuration(
    const std::vector<Recording>& recordings);

// The other direction: one line each, without the line feed. Payloads that are a JSON object or
// array stand as such, other UTF-8 as text, all else as "data_hex".
std::string devices_line(const std::map<std::string, Json>& options);
std::string input_line(const PluginInput& input, std::uint64_t id, WallTime now);
std::string effects_line(const std::vector<PluginEffect>& effects);
std::string not_understood_line();

// One effect as it stands in a recording.
Json effect_json(const PluginEffect& effect);

// The words of a recording's `kind`.
std::string_view name_of(PluginInputKind kind);
std::string_view name_of(PluginEffectKind kind);

}  // namespace xiaogate::kit
