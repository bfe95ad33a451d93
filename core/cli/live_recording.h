// A plugin recorded at a broker: what its devices say there goes to the recorder, and, when they
// are the recorder's alone, what the plugin publishes goes to them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kit/recorder.h"
#include "model/result.h"
#include "process/signals.h"

namespace xiaogate::cli {

struct LiveOptions {
  std::string broker;
  // Sends what the plugin publishes and takes orders from standard input. Without it nothing is
  // sent: a gateway beside it goes on undisturbed.
  bool drive = false;
  std::uint64_t count = 0;      // ends after so many inputs; 0: does not
  std::chrono::seconds time{};  // ends after that, counted from the start; 0: does not
};

// What a person wants to see while it goes on; called on the thread of record_live().
struct LiveWatcher {
  std::function<void(bool up, const std::string& why)> on_link;
  std::function<void(const kit::RecordedCall&)> on_call;
  std::function<void(const std::string&)> on_fault;  // of an order, or of what could not be sent
};

// The plugin has ended by a crash or beyond its deadline; `full`: as much as a recording may hold.
enum class LiveEnd : std::uint8_t { stopped, count, time, full, plugin_ended };

struct LiveOutcome {
  LiveEnd end = LiveEnd::stopped;
  bool was_up = false;       // the broker was there at some time
  std::uint64_t missed = 0;  // messages that came too fast or were too large
};

// Records until one of the ends. Errors: those of links::MqttLink::create(), "process.system".
Result<LiveOutcome> record_live(kit::Recorder& recorder, process::StopSignals& stop,
                                const LiveOptions& options, const LiveWatcher& watcher);

}  // namespace xiaogate::cli
