#include "host/plugin_session.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <sys/epoll.h>

#include "model/bytes.h"

namespace xiaogate::host {
namespace {

void watch(int epoll, int operation, int fd, std::uint32_t interest, std::uint64_t tag) {
  epoll_event event{};
  event.events = interest;
  event.data.u64 = tag;
  epoll_ctl(epoll, operation, fd, &event);
}

PluginSession::Broken not_due() {
  return {CallFault::protocol, "sent a frame that was not due"};
}

}  // namespace

ReadyTags::ReadyTags(std::vector<std::uint64_t> tags) : tags_(std::move(tags)) {
  std::ranges::sort(tags_);
}

bool ReadyTags::has(std::uint64_t tag) const {
  return std::ranges::binary_search(tags_, tag);
}

Result<std::unique_ptr<PluginSession>> PluginSession::start(const PluginManifest& manifest,
                                                            const std::string& config,
                                                            const PluginState& state, Place place,
                                                            Instant now) {
  auto frames = wire::encode_start(
      {manifest.library, manifest.name, manifest.version, manifest.quotas.memory_mib}, config,
      state);
  if (!frames) return std::unexpected(frames.error());
  auto process = ChildProcess::start(place.runner, manifest.name);
  if (!process) return std::unexpected(process.error());
  return std::unique_ptr<PluginSession>(
      new PluginSession(std::move(*process), std::move(*frames), place, now));
}

PluginSession::PluginSession(ChildProcess process, std::vector<std::string> frames, Place place,
                             Instant now)
    : process_(std::move(process)),
      epoll_(place.epoll),
      tag_(place.tag),
      since_(now.mono),
      outgoing_(std::make_move_iterator(frames.begin()), std::make_move_iterator(frames.end())) {
  watch(epoll_, EPOLL_CTL_ADD, process_.socket(), EPOLLIN, tag_);
  watch(epoll_, EPOLL_CTL_ADD, process_.pidfd(), EPOLLIN, tag_ + 1);
}

void PluginSession::become(Phase phase, Instant now) {
  phase_ = phase;
  since_ = now.mono;
}

PluginSession::News PluginSession::receive(std::span<char> buffer, Instant now) {
  std::string_view octets;
  switch (process_.receive(buffer, octets)) {
    case ChildProcess::Received::nothing:
      return {};
    case ChildProcess::Received::closed:
      return Broken{};
    case ChildProcess::Received::frame:
      break;
  }
  auto frame = wire::decode_from_plugin(octets);
  if (!frame) return Broken{CallFault::protocol, frame.error().text};
  if (phase_ == Phase::starting) {
    if (const auto* refused = std::get_if<wire::Refused>(&*frame)) {
      return Broken{CallFault::crashed, printable(refused->why, 1000)};
    }
    const auto* ready = std::get_if<wire::Ready>(&*frame);
    if (ready == nullptr || !outgoing_.empty()) return not_due();
    held_by_ = printable(ready->held_by);
    become(Phase::up, now);
    return Ready{};
  }
  if (auto* returned = std::get_if<wire::Returned>(&*frame)) return std::move(*returned);
  if (auto* refused = std::get_if<wire::NotUnderstood>(&*frame)) return *refused;
  return not_due();
}

bool PluginSession::send(std::string_view frame) {
  const auto sent = process_.send(frame);
  want_writable(sent == ChildProcess::Sent::later);
  return sent == ChildProcess::Sent::whole;
}

bool PluginSession::flush() {
  while (!outgoing_.empty()) {
    if (!send(outgoing_.front())) return false;
    outgoing_.pop_front();
  }
  return true;
}

void PluginSession::want_writable(bool wanted) {
  if (wanted == writable_wanted_) return;
  writable_wanted_ = wanted;
  watch(epoll_, EPOLL_CTL_MOD, process_.socket(), wanted ? EPOLLIN | EPOLLOUT : EPOLLIN, tag_);
}

void PluginSession::end(std::string why) {
  if (phase_ == Phase::over) return;
  watch(epoll_, EPOLL_CTL_DEL, process_.socket(), 0, tag_);
  process_.kill();
  outgoing_.clear();
  why_ = std::move(why);
  phase_ = Phase::over;
}

std::optional<std::string> PluginSession::ended() {
  auto how = process_.ended();
  if (how && !why_.empty()) return why_;
  return how;
}

}  // namespace xiaogate::host
