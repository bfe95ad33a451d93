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

namespace xiaogate::host {

std::string_view to_string(CallFault fault) {
  switch (fault) {
    case CallFault::not_understood:
      return "not_understood";
    case CallFault::crashed:
      return "crashed";
    case CallFault::overran:
      return "overran";
    case CallFault::protocol:
      return "protocol";
    case CallFault::expired:
      return "expired";
    case CallFault::overloaded:
      return "overloaded";
    case CallFault::too_large:
      return "too_large";
    case CallFault::unknown_plugin:
      return "unknown_plugin";
    case CallFault::no_such_action:
      return "no_such_action";
    case CallFault::invalid_action:
      return "invalid_action";
  }
  return "unknown";
}

class PluginHost::Impl {
 public:
  Impl(HostOptions options, Interfaces interfaces, StateSource state, Descriptor epoll)
      : options_(std::move(options)),
        interfaces_(std::move(interfaces)),
        state_(std::move(state)),
        epoll_(std::move(epoll)) {}

  void add(const PluginManifest& manifest, std::string config) {
    const SupervisedPlugin::Surroundings around{options_, interfaces_, state_, epoll_.get(),
                                                buffer_};
    // Two tags a plugin: its socket's and its process's.
    plugins_.push_back(std::make_unique<SupervisedPlugin>(around, 2 * plugins_.size(), manifest,
                                                          std::move(config)));
    by_name_.emplace(manifest.name, plugins_.back().get());
  }

  void call(PluginCall call, MonoTime expires, Instant now) {
    const auto found = by_name_.find(call.plugin);
    if (found == by_name_.end()) {
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
    for (const auto& plugin : plugins_) {
      const auto deadline = plugin->next_deadline();
      if (deadline) next = next ? std::min(*next, *deadline) : *deadline;
    }
    return next;
  }

  std::vector<HostEvent> service(Instant now) {
    // What does not fit stays readable and is told the next time.
    std::array<epoll_event, 64> ready;
    const int n = epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
    std::vector<SupervisedPlugin::Readiness> readiness(plugins_.size());
    for (int i = 0; i < n; ++i) {
      const std::uint64_t tag = ready[static_cast<std::size_t>(i)].data.u64;
      (tag % 2 == 0 ? readiness[tag / 2].socket : readiness[tag / 2].process) = true;
    }
    std::vector<HostEvent> events = std::exchange(told_, {});
    for (std::size_t i = 0; i < plugins_.size(); ++i) {
      plugins_[i]->service(readiness[i], now, events);
    }
    return events;
  }

 private:
  HostOptions options_;
  Interfaces interfaces_;
  StateSource state_;
  Descriptor epoll_;
  // One octet more than a frame may have, so that one that was cut is refused.
  std::vector<char> buffer_ = std::vector<char>(wire::kMaxFrame + 1);
  std::vector<std::unique_ptr<SupervisedPlugin>> plugins_;
  std::map<std::string, SupervisedPlugin*, std::less<>> by_name_;
  std::vector<HostEvent> told_;  // by call(), for the next service()
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
