// Makes a recording of a plugin at work. The plugin runs in its real process; what its devices say
// and what they are ordered is handed to it, and what really comes of that is written down beside
// it. Timers that it sets fire as they would at a gateway.
//
// Knows no network: whoever has the devices hands over what it hears, and sends `publications`.
//
// One thread, the one that made it. A call blocks until the plugin has answered or overrun its
// deadline (session.h). Time is an argument.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/effect_rules.h"
#include "kit/recorded_devices.h"
#include "kit/session.h"
#include "model/time.h"

namespace xiaogate::kit {

// One input, and what came of it.
struct RecordedCall {
  PluginInput input;
  Answer answer;
  std::vector<PluginEffect> publications;  // those of the effects that may be sent
  std::vector<std::string> faults;         // what a gateway would have dropped, and why
};

struct RecordedCounts {
  std::uint64_t messages = 0;
  std::uint64_t commands = 0;
  std::uint64_t timers = 0;
  std::uint64_t not_understood = 0;
  std::map<std::string, std::uint64_t> effects;  // by kind: "publish", "event", "timer", "put"

  std::uint64_t inputs() const { return messages + commands + timers; }
};

class Recorder {
 public:
  // A recording of more is refused by recording.h; full() comes well before.
  static constexpr std::size_t kMostOctets = std::size_t{60} << 20U;

  // Starts the plugin for these devices, without state. Errors as of Session::start().
  static Result<Recorder> start(const SessionOptions& options, const PluginManifest& manifest,
                                RecordedDevices devices);

  // What must be subscribed to: the filters of every device, each once.
  std::vector<std::string> filters() const;

  // A message for every device that is heard on the topic, in the order of their ids; none for a
  // topic of nobody.
  std::vector<RecordedCall> heard(const std::string& topic, const std::string& payload,
                                  Instant now);
  // An action of a device. What is no action of it, or has a wrong input, is not recorded. Errors:
  // "order.device" (no such device), "order.action" (the manifest offers no such action),
  // "order.input" (its input breaks the Thing Model).
  Result<RecordedCall> order(const std::string& device, const std::string& action,
                             const std::string& input, Instant now);
  // Timers that are due, in the order of their times.
  std::vector<RecordedCall> due(Instant now);
  std::optional<MonoTime> next_due() const;

  // Whether the plugin's process has ended, by a crash or beyond its deadline. Its last input is
  // recorded with the answer `not_understood`, for there was none: `plugin test` then shows the
  // same end. REQUIRES of all calls above: neither ended() nor full().
  bool ended() const { return ended_; }
  bool full() const { return text_.size() > kMostOctets; }

  const RecordedCounts& counts() const { return counts_; }
  // The file so far.
  const std::string& text() const { return text_; }

 private:
  struct Timer {
    std::string device;
    std::string name;
    auto operator<=>(const Timer&) const = default;
  };

  Recorder(Session session, RecordedDevices devices);

  RecordedCall call(PluginInput input, Instant now);
  void write(const RecordedCall& call, std::uint64_t id, Instant now);
  void take(RecordedCall& call, Instant now);

  Session session_;
  RecordedDevices devices_;
  EffectRules rules_;
  std::map<Timer, MonoTime> timers_;
  RecordedCounts counts_;
  std::string text_;
  std::uint64_t last_id_ = 0;
  bool ended_ = false;
};

}  // namespace xiaogate::kit
