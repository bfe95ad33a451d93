#include "host/supervised_plugin.h"

#include <algorithm>
#include <utility>

#include "model/bytes.h"

namespace xiaogate::host {
namespace {

constexpr std::size_t kBeginning = 64;  // octets of a quarantined input that are told

bool everything(const CallQueue::Pending& /*pending*/) {
  return true;
}

std::string minutes(Millis window) {
  return std::to_string(std::chrono::ceil<std::chrono::minutes>(window).count()) + " min";
}

}  // namespace

SupervisedPlugin::SupervisedPlugin(const Surroundings& around, PluginManifest manifest,
                                   std::string config)
    : around_(around),
      manifest_(std::move(manifest)),
      config_(std::move(config)),
      interfaces_(around.interfaces.bind(manifest_.interfaces)) {}

void SupervisedPlugin::call(PluginCall call, MonoTime expires, Instant now,
                            std::vector<HostEvent>& events) {
  if (const auto fits = check_input(call.input, interfaces_); !fits) {
    const bool unknown = fits.error().code == "interface.unknown";
    return fail(call, unknown ? CallFault::no_such_action : CallFault::invalid_action, events);
  }
  if (!wire::fits(call.input)) return fail(call, CallFault::too_large, events);
  if (parked_) return fail(call, CallFault::parked, events);
  if (quarantine_.holds(call.input)) return fail(call, CallFault::quarantined, events);
  if (queue_.size() >= around_.options.most_queued) {
    return fail(call, CallFault::overloaded, events);
  }
  queue_.add(std::move(call), expires);
  send(now);
}

void SupervisedPlugin::service(const ReadyTags& ready, Instant now,
                               std::vector<HostEvent>& events) {
  // Before anything is received: what earlier calls of service() told has been stored by now.
  if (upgrade_ && !upgrade_->session) begin_upgrade(now, events);
  if (session_) {
    const bool ended = session_->process_ready(ready);
    if (ended || session_->socket_ready(ready)) receive(ended, now, events);
    if (ended) {
      if (auto how = session_->ended()) {
        end({}, now, events);
        session_.reset();
        failed(std::move(*how), now, events);
      }
    }
  }
  if (upgrade_ && upgrade_->session) watch_upgrade(ready, now, events);
  check_deadlines(now, events);
  fail_unsent(CallFault::expired, events,
              [now](const auto& pending) { return now.mono > pending.expires; });
  if (!session_ && !parked_ && !upgrade_ && now.mono >= restart_at_) start(now, events);
  send(now);
}

std::optional<MonoTime> SupervisedPlugin::next_deadline() const {
  std::optional<MonoTime> next = queue_.next_expiry();
  const auto consider = [&next](MonoTime time) { next = next ? std::min(*next, time) : time; };
  const auto& options = around_.options;
  if (!session_ && !parked_ && !upgrade_) consider(restart_at_);
  if (session_ && session_->phase() == PluginSession::Phase::starting) {
    consider(session_->since() + options.start_deadline);
  }
  if (queue_.in_flight() > 0) consider(queue_.head_since() + options.call_deadline);
  if (upgrade_ && upgrade_->session) {
    consider(upgrade_->session->since() + options.upgrade_deadline);
  } else if (upgrade_ && queue_.in_flight() == 0) {
    consider(MonoTime{});
  }
  return next;
}

Result<std::unique_ptr<PluginSession>> SupervisedPlugin::make_session(
    const PluginManifest& manifest, const std::string& config, Instant now) {
  const std::uint64_t tag = std::exchange(around_.next_tag, around_.next_tag + 2);
  return PluginSession::start(manifest, config, around_.state(manifest.name),
                              {around_.options.runner, around_.epoll, tag}, now);
}

void SupervisedPlugin::start(Instant now, std::vector<HostEvent>& events) {
  auto session = make_session(manifest_, config_, now);
  if (session) {
    session_ = std::move(*session);
    return;
  }
  if (session.error().code == "host.unavailable") {
    wait_for_restart(std::move(session.error().text), now, events);
  } else {
    failed(std::move(session.error().text), now, events);
  }
}

void SupervisedPlugin::receive(bool to_the_end, Instant now, std::vector<HostEvent>& events) {
  // Stops when nothing more is due, so that a call's way back costs one recv(); what comes unasked
  // is found by the next epoll_wait().
  bool starting = false;
  do {
    if (session_->phase() == PluginSession::Phase::over) return;
    auto news = session_->receive(around_.buffer, now);
    if (std::holds_alternative<std::monostate>(news)) return;
    if (auto* broken = std::get_if<PluginSession::Broken>(&news)) {
      return end(std::move(*broken), now, events);
    }
    if (!accept(news, now, events)) {
      return end({CallFault::protocol, "sent a frame that was not due"}, now, events);
    }
    starting = session_->phase() == PluginSession::Phase::starting;
  } while (to_the_end || queue_.in_flight() > 0 || starting);
}

bool SupervisedPlugin::accept(PluginSession::News& news, Instant now,
                              std::vector<HostEvent>& events) {
  if (std::holds_alternative<PluginSession::Ready>(news)) {
    events.emplace_back(PluginUp{manifest_.name, session_->held_by()});
    return true;
  }
  if (queue_.in_flight() == 0) return false;
  const PluginCall& head = queue_.head();
  if (auto* returned = std::get_if<wire::Returned>(&news)) {
    if (returned->id != head.id || !queue_.add_effects(std::move(returned->effects))) return false;
    if (!returned->last) return true;
    auto effects = queue_.answer_head(now.mono);
    auto refused = take_refused(effects, interfaces_);
    events.emplace_back(
        CallReturned{manifest_.name, returned->id, std::move(effects), std::move(refused)});
    return true;
  }
  const auto* not_understood = std::get_if<wire::NotUnderstood>(&news);
  if (not_understood == nullptr || not_understood->id != head.id || queue_.has_effects()) {
    return false;
  }
  fail(head, CallFault::not_understood, events);
  queue_.answer_head(now.mono);
  return true;
}

void SupervisedPlugin::check_deadlines(Instant now, std::vector<HostEvent>& events) {
  const auto& options = around_.options;
  const auto late = [](const char* what, Millis deadline) {
    return PluginSession::Broken{CallFault::overran,
                                 what + std::to_string(deadline.count()) + " ms"};
  };
  if (session_ && session_->phase() == PluginSession::Phase::starting &&
      now.mono >= session_->since() + options.start_deadline) {
    end(late("was not ready within ", options.start_deadline), now, events);
  }
  if (queue_.in_flight() > 0 && now.mono >= queue_.head_since() + options.call_deadline) {
    end(late("did not answer a call within ", options.call_deadline), now, events);
  }
}

void SupervisedPlugin::send(Instant now) {
  if (!session_ || session_->phase() == PluginSession::Phase::over || !session_->flush()) return;
  // Calls wait for the end of an upgrade.
  if (!is_up() || upgrade_) return session_->want_writable(false);
  while (queue_.in_flight() < around_.options.most_in_flight) {
    const auto* next = queue_.next();
    // service() tells of one that has expired; nothing behind it is sent before.
    if (next == nullptr || now.mono > next->expires) break;
    if (!session_->send(wire::encode_call(next->call.id, now.wall, next->call.input))) return;
    queue_.sent(now.mono);
  }
  session_->want_writable(false);
}

void SupervisedPlugin::fail(const PluginCall& call, CallFault fault,
                            std::vector<HostEvent>& events) const {
  events.emplace_back(CallFailed{manifest_.name, call.id, call.input.device, fault});
}

void SupervisedPlugin::fail_unsent(CallFault fault, std::vector<HostEvent>& events,
                                   const std::function<bool(const CallQueue::Pending&)>& which) {
  for (const auto& call : queue_.take_unsent(which)) fail(call, fault, events);
}

void SupervisedPlugin::end(PluginSession::Broken broken, Instant now,
                           std::vector<HostEvent>& events) {
  if (session_->phase() == PluginSession::Phase::over) return;
  if (is_up() && now.mono >= session_->since() + around_.options.healthy_after) backoff_.reset();
  session_->end(std::move(broken.why));
  if (const auto head = queue_.lose_process()) {
    fail(*head, broken.fault, events);
    blame(*head, events);
  }
}

void SupervisedPlugin::blame(const PluginCall& head, std::vector<HostEvent>& events) {
  const PluginInput& input = head.input;
  if (!quarantine_.ended_by(input)) return;
  events.emplace_back(InputQuarantined{manifest_.name, input.device, input.name,
                                       to_hex(fingerprint(input)),
                                       printable(input.data, kBeginning)});
  fail_unsent(CallFault::quarantined, events,
              [this](const auto& pending) { return quarantine_.holds(pending.call.input); });
}

void SupervisedPlugin::failed(std::string reason, Instant now, std::vector<HostEvent>& events) {
  const auto& options = around_.options;
  failures_.push_back(now.mono);
  if (failures_.size() > options.most_failures + 1) failures_.pop_front();
  const auto count = failures_since(now.mono - options.failure_window);
  if (count <= options.most_failures) return wait_for_restart(std::move(reason), now, events);
  parked_ = true;
  events.emplace_back(PluginParked{
      manifest_.name, "failed " + std::to_string(count) + " times within " +
                          minutes(options.failure_window) + ", the last time: " + reason});
  fail_unsent(CallFault::parked, events, everything);
}

void SupervisedPlugin::wait_for_restart(std::string reason, Instant now,
                                        std::vector<HostEvent>& events) {
  const auto& options = around_.options;
  backoff_ = backoff_ ? std::min(*backoff_ * 2, options.most_backoff) : options.least_backoff;
  restart_at_ = now.mono + *backoff_;
  events.emplace_back(PluginDown{manifest_.name, std::move(reason), *backoff_});
}

std::size_t SupervisedPlugin::failures_since(MonoTime start) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(failures_, [start](MonoTime at) { return at > start; }));
}

void SupervisedPlugin::forgive() {
  parked_ = false;
  backoff_.reset();
  failures_.clear();
  quarantine_.clear();
}

void SupervisedPlugin::start_now(Instant now) {
  forgive();
  restart_at_ = now.mono;
}

void SupervisedPlugin::retire_session() {
  if (!session_) return;
  session_->end("");
  around_.retired.push_back(std::move(session_));
}

void SupervisedPlugin::retire(std::vector<HostEvent>& events) {
  if (upgrade_) give_up_upgrade("the plugin was removed", events);
  retire_session();
  if (const auto head = queue_.lose_process()) fail(*head, CallFault::unknown_plugin, events);
  fail_unsent(CallFault::unknown_plugin, events, everything);
}

PluginOverview SupervisedPlugin::overview(Instant now) const {
  PluginOverview overview;
  overview.name = manifest_.name;
  overview.version = manifest_.version;
  overview.state = parked_ ? "parked" : "waiting";
  if (upgrade_) overview.upgrading_to = upgrade_->manifest.version;
  overview.failures = failures_since(now.mono - around_.options.failure_window);
  overview.quarantined = quarantine_.size();
  overview.queued = queue_.size();
  if (session_) {
    const auto phase = session_->phase();
    overview.state = phase == PluginSession::Phase::up         ? "up"
                     : phase == PluginSession::Phase::starting ? "starting"
                                                               : "ending";
    overview.pid = session_->pid();
    overview.held_by = session_->held_by();
  }
  return overview;
}

}  // namespace xiaogate::host
