#include "host/plugin_host.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "host/supervised_plugin.h"
#include "model/bytes.h"

namespace xiaogate::host {

class PluginHost::Impl {
 public:
  Impl(HostOptions options, Interfaces interfaces, StateSource state, Descriptor epoll)
      : options_(std::move(options)),
        interfaces_(std::move(interfaces)),
        state_(std::move(state)),
        epoll_(std::move(epoll)) {}

  void add(const PluginManifest& manifest, std::string config) {
    const SupervisedPlugin::Surroundings around{options_, interfaces_, state_,  epoll_.get(),
                                                buffer_,  next_tag_,   retired_};
    plugins_.emplace(manifest.name,
                     std::make_unique<SupervisedPlugin>(around, manifest, std::move(config)));
  }

  Result<void> remove(const std::string& name) {
    const auto found = plugins_.find(name);
    if (found == plugins_.end()) return unknown(name);
    found->second->retire(told_);
    plugins_.erase(found);
    return {};
  }

  Result<void> start(const std::string& name, Instant now) {
    const auto found = plugins_.find(name);
    if (found == plugins_.end()) return unknown(name);
    found->second->start_now(now);
    return {};
  }

  Result<void> upgrade(const PluginManifest& manifest, std::string config) {
    const auto found = plugins_.find(manifest.name);
    if (found == plugins_.end()) return unknown(manifest.name);
    return found->second->upgrade(manifest, std::move(config));
  }

  std::vector<PluginOverview> plugins(Instant now) const {
    std::vector<PluginOverview> all;
    for (const auto& [name, plugin] : plugins_) all.push_back(plugin->overview(now));
    return all;
  }

  void call(PluginCall call, MonoTime expires, Instant now) {
    const auto found = plugins_.find(call.plugin);
    if (found == plugins_.end()) {
      told_.emplace_back(
          CallFailed{call.plugin, call.id, call.input.device, CallFault::unknown_plugin});
      return;
    }
    found->second->call(std::move(call), expires, now, told_);
  }

  int descriptor() const { return epoll_.get(); }

  std::optional<MonoTime> next_deadline() const {
    if (!told_.empty()) return MonoTime{};
    std::optional<MonoTime> next;
    for (const auto& [name, plugin] : plugins_) {
      const auto deadline = plugin->next_deadline();
      if (deadline) next = next ? std::min(*next, *deadline) : *deadline;
    }
    return next;
  }

  std::vector<HostEvent> service(Instant now) {
    const ReadyTags ready = ready_tags();
    std::vector<HostEvent> events = std::exchange(told_, {});
    std::erase_if(retired_, [&](const auto& session) {
      return session->process_ready(ready) && session->ended().has_value();
    });
    for (const auto& [name, plugin] : plugins_) plugin->service(ready, now, events);
    return events;
  }

 private:
  static std::unexpected<Error> unknown(const std::string& name) {
    return failure("plugin.unknown", "no plugin " + printable(name) + " is in use here");
  }

  // What does not fit stays readable and is told the next time.
  ReadyTags ready_tags() const {
    std::array<epoll_event, 64> ready;
    const int n = epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
    std::vector<std::uint64_t> tags;
    // A copy: epoll_event is packed, so its tag may not be bound to a reference.
    for (int i = 0; i < n; ++i)
      tags.push_back(std::uint64_t{ready[static_cast<std::size_t>(i)].data.u64});
    return ReadyTags(std::move(tags));
  }

  HostOptions options_;
  Interfaces interfaces_;
  StateSource state_;
  Descriptor epoll_;
  // One octet more than a frame may have, so that one that was cut is refused.
  std::vector<char> buffer_ = std::vector<char>(wire::kMaxFrame + 1);
  std::uint64_t next_tag_ = 0;
  std::vector<std::unique_ptr<PluginSession>> retired_;
  std::map<std::string, std::unique_ptr<SupervisedPlugin>, std::less<>> plugins_;
  std::vector<HostEvent> told_;  // outside service(), for the next one
};

PluginHost::PluginHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PluginHost::~PluginHost() = default;

Result<std::unique_ptr<PluginHost>> PluginHost::create(HostOptions options, Interfaces interfaces,
                                                       StateSource state) {
  if (access(options.runner.c_str(), X_OK) != 0) {
    return failure("host.unavailable", "the program that runs plugins, " + options.runner +
                                           ", cannot be executed: " + std::strerror(errno) +
                                           "; install xiaogate completely");
  }
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (epoll.get() < 0) {
    return failure("host.unavailable", std::string("no epoll: ") + std::strerror(errno));
  }
  return std::unique_ptr<PluginHost>(new PluginHost(std::make_unique<Impl>(
      std::move(options), std::move(interfaces), std::move(state), std::move(epoll))));
}

void PluginHost::add(const PluginManifest& manifest, std::string config) {
  impl_->add(manifest, std::move(config));
}

Result<void> PluginHost::remove(const std::string& name) {
  return impl_->remove(name);
}

Result<void> PluginHost::start(const std::string& name, Instant now) {
  return impl_->start(name, now);
}

Result<void> PluginHost::upgrade(const PluginManifest& manifest, std::string config) {
  return impl_->upgrade(manifest, std::move(config));
}

std::vector<PluginOverview> PluginHost::plugins(Instant now) const {
  return impl_->plugins(now);
}

void PluginHost::call(PluginCall call, MonoTime expires, Instant now) {
  impl_->call(std::move(call), expires, now);
}

int PluginHost::descriptor() const {
  return impl_->descriptor();
}

std::optional<MonoTime> PluginHost::next_deadline() const {
  return impl_->next_deadline();
}

std::vector<HostEvent> PluginHost::service(Instant now) {
  return impl_->service(now);
}

}  // namespace xiaogate::host
