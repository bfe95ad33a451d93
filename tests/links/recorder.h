// A link with a memory: everything its callbacks were told.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "links/mqtt_link.h"
#include "tests/support/wait.h"

namespace xiaogate::links::test {

inline LinkOptions quick_options(std::string url, std::string client_id) {
  LinkOptions options;
  options.url = std::move(url);
  options.client_id = std::move(client_id);
  options.keep_alive = Millis{1000};
  options.backoff_min = Millis{20};
  options.backoff_max = Millis{200};
  return options;
}

class Recorder {
 public:
  explicit Recorder(LinkOptions options) {
    auto made = MqttLink::create(std::move(options), events());
    if (!made) throw std::runtime_error(made.error().text);
    link_ = *std::move(made);
  }

  MqttLink& link() { return *link_; }
  void destroy() { link_.reset(); }

  // Waits until `condition(*this)` holds; it is looked at under the lock.
  template <class Condition>
  bool wait(Condition condition, Millis limit = xiaogate::test::kPatience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return condition(*this); });
  }
  bool wait_up(int times = 1) {
    return wait([&](const Recorder& r) { return r.ups >= times && r.is_up; });
  }
  bool wait_down(int times = 1) {
    return wait([&](const Recorder& r) { return r.downs >= times; });
  }
  bool wait_message(const std::string& payload) {
    return wait([&](const Recorder& r) {
      return std::ranges::any_of(r.messages,
                                 [&](const Message& m) { return m.payload == payload; });
    });
  }

  // Read them inside wait(), or after destroy().
  std::vector<Message> messages;
  std::vector<Dropped> dropped;
  std::vector<std::string> reasons;
  int ups = 0;
  int downs = 0;
  bool is_up = false;

 private:
  LinkEvents events() {
    return {[this](Message&& message) { note([&] { messages.push_back(std::move(message)); }); },
            [this](bool up, const std::string& why) {
              note([&] {
                is_up = up;
                ++(up ? ups : downs);
                reasons.push_back(why);
              });
            },
            [this](Dropped one) { note([&] { dropped.push_back(std::move(one)); }); }};
  }
  template <class Change>
  void note(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<MqttLink> link_;
};

}  // namespace xiaogate::links::test
