#include "kit/recorder.h"

#include <algorithm>
#include <set>

#include "kit/recording.h"
#include "model/bytes.h"
#include "model/topic.h"

namespace xiaogate::kit {
namespace {

std::string named(const PluginEffect& effect) {
  return std::string(name_of(effect.kind)) + " " + printable(effect.name, 100);
}

bool is_heard(const DeviceTopics& topics, const std::string& topic) {
  return std::ranges::any_of(
      topics.subscribe, [&](const std::string& filter) { return topic_matches(filter, topic); });
}

}  // namespace

Recorder::Recorder(Session session, RecordedDevices devices)
    : session_(std::move(session)),
      devices_(std::move(devices)),
      rules_(devices_.topics),
      text_(devices_line(devices_.options) + "\n") {}

Result<Recorder> Recorder::start(const SessionOptions& options, const PluginManifest& manifest,
                                 RecordedDevices devices) {
  auto session = Session::start(options, manifest, devices.config(), {});
  if (!session) return std::unexpected(session.error());
  return Recorder(std::move(*session), std::move(devices));
}

std::vector<std::string> Recorder::filters() const {
  std::set<std::string> filters;
  for (const auto& [id, topics] : devices_.topics) {
    filters.insert(topics.subscribe.begin(), topics.subscribe.end());
  }
  return {filters.begin(), filters.end()};
}

std::vector<RecordedCall> Recorder::heard(const std::string& topic, const std::string& payload,
                                          Instant now) {
  std::vector<RecordedCall> calls;
  for (const auto& [id, topics] : devices_.topics) {
    if (ended_ || !is_heard(topics, topic)) continue;
    ++counts_.messages;
    calls.push_back(call({PluginInputKind::message, id, topic, payload}, now));
  }
  return calls;
}

Result<RecordedCall> Recorder::order(const std::string& device, const std::string& action,
                                     const std::string& input, Instant now) {
  if (!devices_.topics.contains(device)) {
    return failure("order.device", "there is no device '" + printable(device, 40) + "'");
  }
  auto made = call({PluginInputKind::command, device, action, input}, now);
  if (made.answer.fault == host::CallFault::no_such_action) {
    return failure("order.action", "the manifest offers no action '" + printable(action, 40) + "'");
  }
  if (made.answer.fault == host::CallFault::invalid_action) {
    return failure("order.input", "the Thing Model's action " + printable(action, 40) +
                                      " has another input than '" + printable(input, 200) + "'");
  }
  ++counts_.commands;
  return made;
}

std::vector<RecordedCall> Recorder::due(Instant now) {
  std::vector<std::pair<MonoTime, Timer>> due;
  for (const auto& [timer, at] : timers_) {
    if (at <= now.mono) due.emplace_back(at, timer);
  }
  std::ranges::sort(due);
  std::vector<RecordedCall> calls;
  for (const auto& [at, timer] : due) {
    // One that fired before it may have set it anew.
    const auto found = timers_.find(timer);
    if (ended_ || found == timers_.end() || found->second != at) continue;
    timers_.erase(found);
    ++counts_.timers;
    calls.push_back(call({PluginInputKind::timer, timer.device, timer.name, ""}, now));
  }
  return calls;
}

std::optional<MonoTime> Recorder::next_due() const {
  const auto next =
      std::ranges::min_element(timers_, {}, [](const auto& one) { return one.second; });
  if (next == timers_.end()) return std::nullopt;
  return next->second;
}

RecordedCall Recorder::call(PluginInput input, Instant now) {
  RecordedCall made{.input = std::move(input), .answer = {}, .publications = {}, .faults = {}};
  made.answer = session_.call(made.input, ++last_id_, now.wall);
  ended_ = made.answer.ended();
  using enum host::CallFault;
  if (made.answer.fault == no_such_action || made.answer.fault == invalid_action) return made;
  write(made, last_id_, now);
  take(made, now);
  return made;
}

void Recorder::write(const RecordedCall& call, std::uint64_t id, Instant now) {
  const bool understood = call.answer.understood();
  text_ += input_line(call.input, id, now.wall) + "\n";
  text_ += (understood ? effects_line(call.answer.effects) : not_understood_line()) + "\n";
  if (!understood) ++counts_.not_understood;
}

// What a gateway would make of the effects.
void Recorder::take(RecordedCall& call, Instant now) {
  for (const auto& refused : call.answer.refused) {
    call.faults.push_back(refused.device + ": " + refused.reason);
  }
  for (const auto& effect : call.answer.effects) {
    ++counts_.effects[std::string(name_of(effect.kind))];
    if (const auto problem = rules_.problem(effect)) {
      call.faults.push_back(named(effect) + ": " + problem->what);
    } else if (effect.kind == PluginEffectKind::publish) {
      call.publications.push_back(effect);
    } else if (effect.kind == PluginEffectKind::timer) {
      timers_[{effect.device, effect.name}] = now.mono + effect.delay;
    }
  }
}

}  // namespace xiaogate::kit
