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
constexpr std::size_t kMaxStateKey = 128;
constexpr std::size_t kMaxStateValue = 64 * 1024;

bool has_interface(const Device& device, std::string_view name) {
  return device.interfaces.contains(std::string(name));
}

}  // namespace

void Site::call(Effects& out, const Device& device, PluginInput input,
                std::optional<std::uint64_t> opening) {
  const std::uint64_t id = opening ? *opening : next_call_++;
  calls_[id] = {.device = device.id, .opening = opening};
  const MonoTime expires = opening ? openings_.at(*opening).expires : MonoTime::max();
  out.actions.emplace_back(
      CallPlugin{{.id = id, .plugin = device.plugin, .input = std::move(input)}, expires});
}

void Site::on(const PluginUp& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "up";
  journal_.append(out, now, Durability::ordered, "plugin_started", {{"plugin", plugin.plugin}});
}

void Site::on(const PluginDown& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "down";
  reject(out, now, "plugin_failed", plugin.plugin, "down", plugin.reason);
}

void Site::on(const PluginParked& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "parked";
  journal_.append(out, now, Durability::stable, "plugin_parked",
                  {{"plugin", plugin.plugin}, {"reason", printable(plugin.reason)}});
}

void Site::on(const PluginUpgraded& plugin, Effects& out, const Instant& now) {
  plugin_state_[plugin.plugin] = "up";
  journal_.append(out, now, Durability::stable, "plugin_upgraded",
                  {{"plugin", plugin.plugin}, {"from", plugin.from}, {"to", plugin.to}});
}

void Site::on(const PluginUpgradeFailed& plugin, Effects& out, const Instant& now) {
  journal_.append(out, now, Durability::stable, "plugin_upgrade_failed",
                  {{"plugin", plugin.plugin},
                   {"version", plugin.version},
                   {"reason", printable(plugin.reason)}});
}

void Site::on(const CallReturned& returned, Effects& out, const Instant& now) {
  const auto pending = calls_.extract(returned.id);
  // After a failed commit the site was made anew and knows nothing of calls made before.
  if (!pending) return;
  for (const auto& refused : returned.refused) {
    reject(out, now, "plugin_effect_rejected", returned.plugin, "breaks_thing_model",
           refused.device + " " + refused.reason);
  }
  for (const auto& effect : returned.effects) {
    apply(out, returned.plugin, effect, pending.mapped(), now);
  }
}

void Site::on(const CallFailed& failed, Effects& out, const Instant& now) {
  const auto pending = calls_.extract(failed.id);
  if (pending && pending.mapped().opening) {
    openings_.erase(*pending.mapped().opening);
    journal_.append(out, now, Durability::stable,
                    failed.reason == "expired" ? "command_expired" : "command_failed",
                    {{"decision", *pending.mapped().opening},
                     {"gate", pending.mapped().device},
                     {"reason", printable(failed.reason)}});
    return;
  }
  reject(out, now, "message_rejected", failed.device, failed.reason, "plugin " + failed.plugin);
}

void Site::apply(Effects& out, const std::string& plugin, const PluginEffect& effect,
                 const PendingCall& cause, const Instant& now) {
  const auto refuse = [&](const std::string& reason) {
    reject(out, now, "plugin_effect_rejected", plugin, reason, effect.device + " " + effect.name);
  };
  if (effect.kind == PluginEffectKind::put) {
    if (effect.name.empty() || effect.name.size() > kMaxStateKey ||
        effect.data.size() > kMaxStateValue) {
      return refuse("state_too_large");
    }
    out.writes.emplace_back(PutPluginState{plugin, effect.name, effect.data});
    return;
  }
  const auto found = config_.devices.find(effect.device);
  if (found == config_.devices.end() || found->second.plugin != plugin) {
    return refuse("device_of_another_plugin");
  }
  const Device& device = found->second;
  switch (effect.kind) {
    case PluginEffectKind::publish:
      return publish(out, device, effect, cause, now);
    case PluginEffectKind::timer:
      if (effect.delay < Millis(0) || effect.delay > kLongestTimer)
        return refuse("timer_out_of_range");
      timers_[{device.id, effect.name}] = {.plugin = plugin, .due = now.mono + effect.delay};
      return;
    case PluginEffectKind::event: {
      const auto body = parse_json(effect.data);
      if (!body || !body->is_object()) return refuse("event_not_an_object");
      return event(out, device, effect.name, *body, now);
    }
    case PluginEffectKind::put:
    case PluginEffectKind::reply:
      break;
  }
  refuse("unknown_effect");
}

void Site::publish(Effects& out, const Device& device, const PluginEffect& effect,
                   const PendingCall& cause, const Instant& now) {
  if (!Routes::may_publish(device, effect.name)) {
    reject(out, now, "plugin_effect_rejected", device.plugin, "topic_not_allowed",
           device.id + " " + effect.name);
    return;
  }
  MonoTime expires = now.mono + kPublishPatience;
  if (cause.opening) {
    const auto opening = openings_.find(*cause.opening);
    if (opening == openings_.end() || opening->second.expires < now.mono) {
      journal_.append(
          out, now, Durability::stable, "command_expired",
          {{"decision", *cause.opening}, {"gate", device.id}, {"reason", "plugin_was_late"}});
      openings_.erase(*cause.opening);
      return;
    }
    expires = opening->second.expires;
  }
  out.actions.emplace_back(PublishToDevice{.topic = effect.name,
                                           .payload = effect.data,
                                           .qos = std::min(effect.qos, 1U),
                                           .expires = expires});
}

void Site::event(Effects& out, const Device& device, const std::string& name, const Json& body,
                 const Instant& now) {
  if (name == "online" && body.contains("online") && body["online"].is_boolean()) {
    std::string state = body["online"].get<bool>() ? "online" : "offline";
    std::string& known = device_state_[device.id];
    if (known == state) return;
    known = std::move(state);
    journal_.append(out, now, Durability::ordered, "device_" + known, {{"device", device.id}});
    return;
  }
  if (name == "scanned" && has_interface(device, "reader") && body.contains("code") &&
      body["code"].is_string()) {
    return scanned(out, device, body, now);
  }
  if (has_interface(device, "gate")) return gate_event(out, device, name, body, now);
  reject(out, now, "event_rejected", device.id, "unknown_event", name);
}

void Site::gate_event(Effects& out, const Device& device, const std::string& name, const Json& body,
                      const Instant& now) {
  if (name == "door" && body.contains("open") && body["open"].is_boolean()) {
    journal_.append(out, now, Durability::ordered, "gate_door",
                    {{"gate", device.id}, {"open", body["open"]}});
    return;
  }
  const bool answers = (name == "opened" || name == "failed") && body.contains("command") &&
                       body["command"].is_number_unsigned();
  const auto opening =
      answers ? openings_.find(body["command"].get<std::uint64_t>()) : openings_.end();
  if (opening == openings_.end() || opening->second.gate != device.id) {
    reject(out, now, "event_rejected", device.id, answers ? "no_such_opening" : "unknown_event",
           name);
    return;
  }
  Json told{{"decision", opening->first}, {"gate", device.id}};
  if (name == "failed") told["message"] = printable(body.value("message", Json()).dump());
  journal_.append(out, now, name == "opened" ? Durability::ordered : Durability::stable,
                  "gate_" + name, told);
  openings_.erase(opening);
}

}  // namespace xiaogate::site
