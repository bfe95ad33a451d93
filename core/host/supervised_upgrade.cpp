// How another version of a plugin takes over.

#include <utility>

#include "host/supervised_plugin.h"

namespace xiaogate::host {

Result<void> SupervisedPlugin::upgrade(const PluginManifest& manifest, std::string config) {
  if (upgrade_) {
    return failure("plugin.conflict", "plugin " + manifest_.name +
                                          " is being replaced by version " +
                                          upgrade_->manifest.version + " just now; try again");
  }
  upgrade_ = Upgrade{manifest, std::move(config), nullptr};
  return {};
}

void SupervisedPlugin::begin_upgrade(Instant now, std::vector<HostEvent>& events) {
  if (queue_.in_flight() > 0) return;
  auto session = make_session(upgrade_->manifest, upgrade_->config, now);
  if (!session) return give_up_upgrade(std::move(session.error().text), events);
  upgrade_->session = std::move(*session);
  upgrade_->session->flush();
}

void SupervisedPlugin::watch_upgrade(const ReadyTags& ready, Instant now,
                                     std::vector<HostEvent>& events) {
  auto& session = *upgrade_->session;
  const bool ended = session.process_ready(ready);
  const bool over = session.phase() == PluginSession::Phase::over;
  if (!over && (ended || session.socket_ready(ready))) {
    session.flush();
    auto news = session.receive(around_.buffer, now);
    if (std::holds_alternative<PluginSession::Ready>(news)) return take_over(now, events);
    if (auto* broken = std::get_if<PluginSession::Broken>(&news)) {
      // Without a sentence of its own its exit status is the reason, which comes with its end.
      if (!broken->why.empty()) return give_up_upgrade(std::move(broken->why), events);
      session.end("");
    }
  }
  if (ended) {
    if (auto how = session.ended()) return give_up_upgrade(std::move(*how), events);
  }
  if (now.mono >= session.since() + around_.options.upgrade_deadline) {
    give_up_upgrade(
        "was not ready within " + std::to_string(around_.options.upgrade_deadline.count()) + " ms",
        events);
  }
}

void SupervisedPlugin::take_over(Instant now, std::vector<HostEvent>& events) {
  retire_session();
  auto next = std::move(*upgrade_);
  upgrade_.reset();
  events.emplace_back(PluginUpgraded{manifest_.name, manifest_.version, next.manifest.version});
  manifest_ = std::move(next.manifest);
  config_ = std::move(next.config);
  interfaces_ = around_.interfaces.bind(manifest_.interfaces);
  session_ = std::move(next.session);
  forgive();
  fail_unsent(CallFault::no_such_action, events, [this](const auto& pending) {
    return !check_input(pending.call.input, interfaces_);
  });
  send(now);
}

void SupervisedPlugin::give_up_upgrade(std::string reason, std::vector<HostEvent>& events) {
  events.emplace_back(
      PluginUpgradeFailed{manifest_.name, upgrade_->manifest.version, std::move(reason)});
  if (upgrade_->session) {
    upgrade_->session->end("");
    around_.retired.push_back(std::move(upgrade_->session));
  }
  upgrade_.reset();
}

}  // namespace xiaogate::host
