#include "demo/observer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace xiaogate::demo {

Observer::Observer(const std::string& broker) {
  links::LinkOptions options;
  options.url = broker;
  options.client_id = "demo-observer";
  options.subscriptions = {{"#", 1}};
  options.max_payload = std::size_t{128} * 1024;
  links::LinkEvents events;
  events.on_message = [this](links::Message&& message) {
    const std::scoped_lock lock(mutex_);
    seen_.push_back({std::move(message.topic), std::move(message.payload), Clock::now()});
    changed_.notify_all();
  };
  events.on_state = [this](bool up, const std::string&) {
    const std::scoped_lock lock(mutex_);
    up_ = up;
    changed_.notify_all();
  };
  auto link = links::MqttLink::create(std::move(options), std::move(events));
  if (!link) throw std::runtime_error(link.error().text);
  link_ = std::move(*link);
}

bool Observer::wait_up() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(15), [&] { return up_; });
}

std::optional<Seen> Observer::wait(Clock::time_point since,
                                   const std::function<bool(const Seen&)>& is,
                                   std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  std::optional<Seen> found;
  changed_.wait_for(lock, limit, [&] {
    const auto it =
        std::ranges::find_if(seen_, [&](const Seen& seen) { return seen.at >= since && is(seen); });
    if (it != seen_.end()) found = *it;
    return found.has_value();
  });
  return found;
}

}  // namespace xiaogate::demo
