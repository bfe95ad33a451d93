// Watches a broker and remembers when it saw what, so that the story can state times.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "links/mqtt_link.h"

namespace xiaogate::demo {

using Clock = std::chrono::steady_clock;

struct Seen {
  std::string topic;
  std::string payload;
  Clock::time_point at;
};

class Observer {
 public:
  explicit Observer(const std::string& broker);

  bool wait_up();
  // The first message since `since` that `is` holds for; nothing when none came in time.
  std::optional<Seen> wait(Clock::time_point since, const std::function<bool(const Seen&)>& is,
                           std::chrono::milliseconds limit = std::chrono::seconds(15));

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool up_ = false;
  std::vector<Seen> seen_;
  std::unique_ptr<links::MqttLink> link_;  // last: its callbacks use what stands above
};

}  // namespace xiaogate::demo
