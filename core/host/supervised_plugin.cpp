#include "host/supervised_plugin.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <sys/epoll.h>

#include "host/plugin_library.h"
#include "model/bytes.h"

namespace xiaogate::host {
namespace {

std::size_t text_bytes(const std::vector<PluginEffect>& effects) {
  std::size_t bytes = 0;
  for (const auto& effect : effects) {
    bytes += effect.device.size() + effect.name.size() + effect.data.size();
  }
  return bytes;
}

void watch(int epoll, int operation, int fd, std::uint32_t interest, std::uint64_t tag) {
  epoll_event event{};
  event.events = interest;
  event.data.u64 = tag;
  epoll_ctl(epoll, operation, fd, &event);
}

}  // namespace

SupervisedPlugin::SupervisedPlugin(const Surroundings& around, std::uint64_t tag,
                                   const PluginManifest& manifest, std::string config)
    : around_(around),
      tag_(tag),
      manifest_(manifest),
      config_(std::move(config)),
      interfaces_(around.interfaces.bind(manifest.interfaces)) {}

void SupervisedPlugin::call(PluginCall call, MonoTime expires, Instant now,
                            std::vector<HostEvent>& events) {
  if (const auto fits = check_input(call.input, interfaces_); !fits) {
    const bool unknown = fits.error().code == "interface.unknown";
    return fail(call, unknown ? CallFault::no_such_action : CallFault::invalid_action, events);
  }
  if (!wire::fits(call.input)) return fail(call, CallFault::too_large, events);
  if (queue_.size() >= around_.options.most_queued)
    return fail(call, CallFault::overloaded, events);
  queue_.push_back({std::move(call), expires});
  send(now);
}

void SupervisedPlugin::service(Readiness ready, Instant now, std::vector<HostEvent>& events) {
  if (ready.socket || ready.process) receive(ready.process, now, events);
  if (ready.process && process_) {
    if (auto ended = process_->ended()) {
      if (state_ != State::ending) end(CallFault::crashed, "", now, events);
      down(why_.empty() ? std::move(*ended) : std::move(why_), now, events);
    }
  }
  check_deadlines(now, events);
  expire(now, events);
  if (state_ == State::waiting && now.mono >= since_) start(now, events);
  send(now);
}

std::optional<MonoTime> SupervisedPlugin::next_deadline() const {
  std::optional<MonoTime> next;
  const auto consider = [&next](MonoTime time) { next = next ? std::min(*next, time) : time; };
  if (state_ == State::waiting) consider(since_);
  if (state_ == State::starting) consider(since_ + around_.options.start_deadline);
  if (in_flight_ > 0) consider(head_since_ + around_.options.call_deadline);
  for (std::size_t i = in_flight_; i < queue_.size(); ++i) {
    // A call expires once its time is over, one tick after `expires`.
    if (queue_[i].expires != MonoTime::max()) consider(queue_[i].expires + Millis(1));
  }
  return next;
}

void SupervisedPlugin::start(Instant now, std::vector<HostEvent>& events) {
  auto frames = wire::encode_start(
      {manifest_.library, manifest_.name, manifest_.version, manifest_.quotas.memory_mib}, config_,
      around_.state(manifest_.name));
  if (!frames) return down(frames.error().text, now, events);
  auto process = ChildProcess::start(around_.options.runner, manifest_.name);
  if (!process) return down(process.error().text, now, events);
  process_.emplace(std::move(*process));
  outgoing_.assign(std::make_move_iterator(frames->begin()),
                   std::make_move_iterator(frames->end()));
  state_ = State::starting;
  since_ = now.mono;
  writable_wanted_ = false;
  watch(around_.epoll, EPOLL_CTL_ADD, process_->socket(), EPOLLIN, tag_);
  watch(around_.epoll, EPOLL_CTL_ADD, process_->pidfd(), EPOLLIN, tag_ + 1);
}

void SupervisedPlugin::receive(bool to_the_end, Instant now, std::vector<HostEvent>& events) {
  // Stops when nothing more is due, so that a call's way back costs one recv(); what comes unasked
  // is found by the next epoll_wait().
  do {
    if (state_ != State::starting && state_ != State::up) return;
    std::string_view octets;
    switch (process_->receive(around_.buffer, octets)) {
      case ChildProcess::Received::nothing:
        return;
      case ChildProcess::Received::closed:
        return end(CallFault::crashed, "", now, events);
      case ChildProcess::Received::frame:
        break;
    }
    auto frame = wire::decode_from_plugin(octets);
    if (!frame) return end(CallFault::protocol, frame.error().text, now, events);
    if (!accept(*frame, now, events)) {
      return end(CallFault::protocol, "sent a frame that was not due", now, events);
    }
  } while (to_the_end || in_flight_ > 0 || state_ == State::starting);
}

bool SupervisedPlugin::accept(wire::FromPlugin& frame, Instant now,
                              std::vector<HostEvent>& events) {
  if (state_ == State::starting) {
    if (auto* refused = std::get_if<wire::Refused>(&frame)) {
      end(CallFault::crashed, printable(refused->why, 1000), now, events);
      return true;
    }
    const auto* ready = std::get_if<wire::Ready>(&frame);
    if (ready == nullptr || !outgoing_.empty()) return false;
    state_ = State::up;
    since_ = now.mono;
    events.emplace_back(PluginUp{name(), printable(ready->held_by)});
    return true;
  }
  if (in_flight_ == 0) return false;
  if (auto* returned = std::get_if<wire::Returned>(&frame)) {
    return accept_returned(*returned, now, events);
  }
  if (auto* not_understood = std::get_if<wire::NotUnderstood>(&frame)) {
    return accept_not_understood(not_understood->id, now, events);
  }
  return false;
}

bool SupervisedPlugin::accept_returned(wire::Returned& returned, Instant now,
                                       std::vector<HostEvent>& events) {
  if (returned.id != queue_.front().call.id) return false;
  if (partial_.empty()) {
    partial_ = std::move(returned.effects);
  } else {
    std::ranges::move(returned.effects, std::back_inserter(partial_));
  }
  if (partial_.size() > kMaxEffects || text_bytes(partial_) > kMaxResultBytes) return false;
  if (!returned.last) return true;
  auto effects = std::exchange(partial_, {});
  auto refused = take_refused(effects, interfaces_);
  events.emplace_back(CallReturned{name(), returned.id, std::move(effects), std::move(refused)});
  pop_head(now);
  return true;
}

bool SupervisedPlugin::accept_not_understood(std::uint64_t id, Instant now,
                                             std::vector<HostEvent>& events) {
  if (id != queue_.front().call.id || !partial_.empty()) return false;
  fail(queue_.front().call, CallFault::not_understood, events);
  pop_head(now);
  return true;
}

void SupervisedPlugin::check_deadlines(Instant now, std::vector<HostEvent>& events) {
  const auto& options = around_.options;
  if (state_ == State::starting && now.mono >= since_ + options.start_deadline) {
    end(CallFault::overran,
        "was not ready within " + std::to_string(options.start_deadline.count()) + " ms", now,
        events);
  }
  if (in_flight_ > 0 && now.mono >= head_since_ + options.call_deadline) {
    end(CallFault::overran,
        "did not answer a call within " + std::to_string(options.call_deadline.count()) + " ms",
        now, events);
  }
}

void SupervisedPlugin::expire(Instant now, std::vector<HostEvent>& events) {
  const auto unsent = queue_.begin() + static_cast<std::ptrdiff_t>(in_flight_);
  const auto live = std::stable_partition(
      unsent, queue_.end(), [now](const Pending& pending) { return now.mono <= pending.expires; });
  for (auto late = live; late != queue_.end(); ++late) fail(late->call, CallFault::expired, events);
  queue_.erase(live, queue_.end());
}

void SupervisedPlugin::send(Instant now) {
  if (!process_ || state_ == State::ending) return;
  while (!outgoing_.empty()) {
    if (!send_frame(outgoing_.front())) return;
    outgoing_.pop_front();
  }
  if (state_ != State::up) return want_writable(false);
  while (in_flight_ < queue_.size() && in_flight_ < around_.options.most_in_flight) {
    const auto& pending = queue_[in_flight_];
    // service() tells of it; nothing behind it is sent before.
    if (now.mono > pending.expires) break;
    if (!send_frame(wire::encode_call(pending.call.id, now.wall, pending.call.input))) return;
    if (in_flight_++ == 0) head_since_ = now.mono;
  }
  want_writable(false);
}

bool SupervisedPlugin::send_frame(std::string_view frame) {
  const auto sent = process_->send(frame);
  // `never`: receive() finds the reason.
  want_writable(sent == ChildProcess::Sent::later);
  return sent == ChildProcess::Sent::whole;
}

void SupervisedPlugin::want_writable(bool wanted) {
  if (wanted == writable_wanted_) return;
  writable_wanted_ = wanted;
  watch(around_.epoll, EPOLL_CTL_MOD, process_->socket(), wanted ? EPOLLIN | EPOLLOUT : EPOLLIN,
        tag_);
}

void SupervisedPlugin::pop_head(Instant now) {
  queue_.pop_front();
  --in_flight_;
  head_since_ = now.mono;
}

void SupervisedPlugin::fail(const PluginCall& call, CallFault fault,
                            std::vector<HostEvent>& events) const {
  events.emplace_back(CallFailed{name(), call.id, call.input.device, fault});
}

void SupervisedPlugin::end(CallFault fault, std::string why, Instant now,
                           std::vector<HostEvent>& events) {
  watch(around_.epoll, EPOLL_CTL_DEL, process_->socket(), 0, tag_);
  process_->kill();
  if (in_flight_ > 0) {
    fail(queue_.front().call, fault, events);
    queue_.pop_front();
  }
  in_flight_ = 0;
  partial_.clear();
  outgoing_.clear();
  why_ = std::move(why);
  if (state_ == State::up && now.mono >= since_ + around_.options.healthy_after) backoff_.reset();
  state_ = State::ending;
}

void SupervisedPlugin::down(std::string reason, Instant now, std::vector<HostEvent>& events) {
  const auto& options = around_.options;
  process_.reset();
  why_.clear();
  backoff_ = backoff_ ? std::min(*backoff_ * 2, options.most_backoff) : options.least_backoff;
  state_ = State::waiting;
  since_ = now.mono + *backoff_;
  events.emplace_back(PluginDown{name(), std::move(reason), *backoff_});
}

}  // namespace xiaogate::host
