// What plugins' effects mean to the site. A plugin is somebody else's code: everything it returns
// is checked here before anything comes of it.

#include <algorithm>
#include <utility>

#include "site/site.h"

namespace xiaogate::site {
namespace {

// What no opening waits for may wait this long for the link.
constexpr Millis kPublishPatience{5000};
constexpr Millis kLongestTimer{86'400'000};
constexpr std::size_t kMaxReason = 300;  // octets of a sentence in a record

bool is_alarm(const Device& device) {
  return device.interfaces.contains("alarm_input");
}

// What must never fail because of what went before it (effect_quota.h).
bool free_of_quota(const PluginEffect& effect, const Calls::Cause& cause, const Device& device) {
  return cause.decision || cause.safety || cause.holds ||
         (effect.kind == PluginEffectKind::event && is_alarm(device));
}

}  // namespace

void Site::on(const PluginUp& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "up";
  journal_.append(out, now, Durability::ordered, "plugin_started", {{"plugin", plugin.plugin}});
  plugin_came_up(out, plugin.plugin, now);
}

void Site::on(const PluginDown& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "down";
  reject(out, now, "plugin_failed", plugin.plugin, "down", plugin.reason);
  fail_safe_.plugin(out, journal_, alarms_, now, plugin.plugin, "down");
}

// A new process remembers no command.
void Site::plugin_came_up(Effects& out, const std::string& plugin, const Instant& now) {
  alarms_.end(out, "plugin_parked", plugin);
  fail_safe_.plugin(out, journal_, alarms_, now, plugin, "up");
  hold_gates(out, now);
  for (const auto& point : config_.access_points) {
    if (config_.devices.at(point.gate).plugin != plugin) continue;
    lock_open_.renew(out, calls_, now, point.gate);
  }
}

void Site::on(const PluginParked& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "parked";
  alarms_.raise(out, journal_, now, "plugin_parked", plugin.plugin,
                {{"plugin", plugin.plugin}, {"reason", printable(plugin.reason, kMaxReason)}});
  fail_safe_.plugin(out, journal_, alarms_, now, plugin.plugin, "parked");
  hold_gates(out, now);
}

void Site::on(const PluginUpgraded& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "up";
  journal_.append(out, now, Durability::stable, "plugin_upgraded",
                  {{"plugin", plugin.plugin}, {"from", plugin.from}, {"to", plugin.to}});
  plugin_came_up(out, plugin.plugin, now);
}

void Site::on(const PluginUpgradeFailed& plugin, Effects& out, const Instant& now) {
  journal_.append(out, now, Durability::stable, "plugin_upgrade_failed",
                  {{"plugin", plugin.plugin},
                   {"version", plugin.version},
                   {"reason", printable(plugin.reason, kMaxReason)}});
}

void Site::on(const InputQuarantined& input, Effects& out, const Instant& now) {
  journal_.append(out, now, Durability::stable, "input_quarantined",
                  {{"plugin", input.plugin},
                   {"device", input.device},
                   {"topic", printable(input.name, kMaxReason)},
                   {"digest", input.digest},
                   {"beginning", printable(input.beginning)}});
}

void Site::on(const CallReturned& returned, Effects& out, const Instant& now) {
  const auto cause = calls_.answered(returned.id);
  // After a failed commit the site was made anew and knows nothing of calls made before.
  if (!cause) return;
  for (const auto& refused : returned.refused) {
    reject(out, now, "plugin_effect_rejected", returned.plugin, "breaks_thing_model",
           refused.device + " " + refused.reason);
  }
  for (const auto& effect : returned.effects) {
    apply(out, returned.plugin, effect, *cause, now);
  }
}

void Site::on(const CallFailed& failed, Effects& out, const Instant& now) {
  const auto cause = calls_.answered(failed.id);
  if (cause && cause->decision) {
    openings_.dropped(*cause->decision);
    journal_.append(out, now, Durability::stable,
                    failed.reason == "expired" ? "command_expired" : "command_failed",
                    {{"decision", *cause->decision},
                     {"gate", cause->device},
                     {"reason", printable(failed.reason)}});
    return;
  }
  if (cause && cause->expires) {
    return cabinets_.command_lost(out, now, cause->device, failed.id, failed.reason);
  }
  reject(out, now, "message_rejected", failed.device, failed.reason, "plugin " + failed.plugin);
}

void Site::apply(Effects& out, const std::string& plugin, const PluginEffect& effect,
                 const Calls::Cause& cause, const Instant& now) {
  const auto refuse = [&](const std::string& reason) {
    reject(out, now, "plugin_effect_rejected", plugin, reason, effect.device + " " + effect.name);
  };
  const bool put = effect.kind == PluginEffectKind::put;
  const auto found = config_.devices.find(put ? cause.device : effect.device);
  const Device* device = found == config_.devices.end() ? nullptr : &found->second;
  if (!put && (device == nullptr || device->plugin != plugin)) {
    return refuse("device_of_another_plugin");
  }
  if (device != nullptr && !free_of_quota(effect, cause, *device) &&
      !quota_.effect(device->id, effect.name.size() + effect.data.size(), now.mono)) {
    return refuse("too_many");
  }
  switch (effect.kind) {
    case PluginEffectKind::put:
      return keep(out, plugin, effect, now);
    case PluginEffectKind::publish:
      return publish(out, *device, effect, cause, now);
    case PluginEffectKind::timer:
      return set_timer(out, *device, effect, now);
    case PluginEffectKind::event:
      return apply_event(out, *device, effect, now);
    case PluginEffectKind::reply:
      break;
  }
  refuse("unknown_effect");
}

void Site::keep(Effects& out, const std::string& plugin, const PluginEffect& effect,
                const Instant& now) {
  if (!plugin_states_.put(plugin, effect.name, effect.data.size())) {
    return reject(out, now, "plugin_effect_rejected", plugin, "state_too_large", effect.name);
  }
  out.writes.emplace_back(PutPluginState{plugin, effect.name, effect.data});
}

void Site::set_timer(Effects& out, const Device& device, const PluginEffect& effect,
                     const Instant& now) {
  const auto refuse = [&](const std::string& reason) {
    reject(out, now, "plugin_effect_rejected", device.plugin, reason,
           device.id + " " + effect.name);
  };
  if (effect.delay < Millis(0) || effect.delay > kLongestTimer) return refuse("timer_out_of_range");
  const TimerKey key{device.id, effect.name};
  const auto of_device = [&](const TimerKey& other) { return other.first == device.id; };
  if (!timers_.has(key) && timers_.count({device.id, ""}, of_device) >= EffectQuota::kMostTimers) {
    return refuse("too_many");
  }
  timers_.set(key, now.mono + effect.delay);
}

void Site::apply_event(Effects& out, const Device& device, const PluginEffect& effect,
                       const Instant& now) {
  const auto refuse = [&](const std::string& reason) {
    reject(out, now, "plugin_effect_rejected", device.plugin, reason,
           device.id + " " + effect.name);
  };
  if (!is_alarm(device) && !quota_.event(device.id, now.mono)) return refuse("too_many");
  const auto body = parse_json(effect.data);
  if (!body || !body->is_object()) return refuse("event_not_an_object");
  const std::uint64_t head = journal_.head();
  event(out, device, effect.name, *body, now);
  quota_.recorded(device.id, journal_.head() - head, now.mono);
}

void Site::publish(Effects& out, const Device& device, const PluginEffect& effect,
                   const Calls::Cause& cause, const Instant& now) {
  if (!Routes::may_publish(device, effect.name)) {
    reject(out, now, "plugin_effect_rejected", device.plugin, "topic_not_allowed",
           device.id + " " + effect.name);
    return;
  }
  MonoTime expires = now.mono + kPublishPatience;
  // What is still under way must not undo what has been wanted since: a pulse, for one, closes a
  // gate that is held open. In a fire only the fire's own commands reach the gate.
  const bool held = lock_open_.cause(device.id) != LockOpen::Cause::none;
  const bool burns = lock_open_.cause(device.id) == LockOpen::Cause::fire;
  if (cause.holds && (burns || *cause.holds != held)) return;
  if (cause.safety && device.is("gate") && !held) return;
  if (cause.decision) {
    const auto opening = openings_.expires(*cause.decision);
    const bool locked_down = areas_.locked_down(alarms_, device.id);
    if (!opening || *opening < now.mono || held || locked_down) {
      journal_.append(out, now, Durability::stable, "command_expired",
                      {{"decision", *cause.decision},
                       {"gate", device.id},
                       {"reason", held          ? "held_open"
                                  : locked_down ? "lock_down"
                                                : "plugin_was_late"}});
      openings_.dropped(*cause.decision);
      return;
    }
    expires = *opening;
  }
  if (cause.expires && *cause.expires < now.mono) {
    return reject(out, now, "command_expired", device.id, "plugin_was_late", effect.name);
  }
  if (cause.expires) expires = *cause.expires;
  PublishToDevice message{.topic = effect.name,
                          .payload = effect.data,
                          .qos = std::min(effect.qos, 1U),
                          .expires = expires};
  if (cause.safety && (burns || !device.is("gate"))) {
    out.safety.emplace_back(std::move(message));
  } else {
    out.actions.emplace_back(std::move(message));
  }
}

}  // namespace xiaogate::site
