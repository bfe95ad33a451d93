#include "links/mqtt_link.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "links/backoff.h"
#include "links/broker_address.h"
#include "links/connection.h"
#include "model/bytes.h"
#include "model/topic.h"

namespace xiaogate::links {
namespace {

using Clock = std::chrono::steady_clock;

// Messages that Paho holds unacknowledged; the rest waits in the outbox. Enough to keep a broker
// busy, and few, because Paho 1.3 leaks those which it has not begun to send when its client is
// destroyed (connection.h).
constexpr std::size_t kWindow = 32;

// How long Paho may owe the outcome of what it was told before it is woken again (connection.h).
// A broker of this machine acknowledges a message in a tenth of it; connecting takes Paho's receive
// thread a beat or two of the pulse.
constexpr Millis kWakeForMessage{5};
constexpr Millis kWakeForConnection{100};

struct Outgoing {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retain = false;
};

// What has happened to the connection since the link's thread looked last.
struct Happened {
  bool connected = false;
  std::size_t subscribed = 0;
  bool broken = false;
  std::string why;
};

bool is_qos(int qos) {
  return qos >= 0 && qos <= 2;
}

Result<void> check(const LinkOptions& options) {
  const auto bad = [](const std::string& what) { return failure("link.options", what); };
  if (options.client_id.empty() || options.client_id.size() > 64) {
    return bad("client id '" + printable(options.client_id) + "' must have 1 to 64 characters");
  }
  for (const Subscription& subscription : options.subscriptions) {
    if (!is_valid_filter(subscription.filter) || !is_qos(subscription.qos)) {
      return bad("'" + printable(subscription.filter) + "' with QoS " +
                 std::to_string(subscription.qos) + " cannot be subscribed to");
    }
  }
  if (options.will && !is_valid_topic(options.will->topic)) {
    return bad("'" + printable(options.will->topic) + "' cannot be the topic of the will");
  }
  if (options.connect_timeout < Millis{500}) {
    return bad("connect_timeout must be at least 500 ms");
  }
  if (options.backoff_min <= Millis{0} || options.backoff_max < options.backoff_min) {
    return bad("the back-off must be positive and its maximum not below its minimum");
  }
  if (options.max_in_flight == 0 || options.max_in_flight > 32768) {
    return bad("max_in_flight must be 1 to 32768");
  }
  return {};
}

}  // namespace

class MqttLink::Impl final : public ConnectionListener {
 public:
  Impl(LinkOptions options, BrokerUrl broker, LinkEvents events,
       std::shared_ptr<PahoLibrary> library)
      : options_(std::move(options)),
        broker_(std::move(broker)),
        events_(std::move(events)),
        library_(std::move(library)),
        backoff_(options_.backoff_min, options_.backoff_max, options_.jitter_seed),
        owner_([this] { run(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      up_ = false;
    }
    muted_ = true;
    wake_.notify_all();
    owner_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> publish(Outgoing&& message);
  bool flush(Millis limit);
  bool up() const {
    const std::lock_guard lock(mutex_);
    return up_;
  }
  LinkCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }

 private:
  // The link's thread.
  void run();
  std::string connect_and_serve();
  std::string serve(Connection& connection);
  std::string establish(Connection& connection, const BrokerAddress& address);
  void send_all(Connection& connection, std::vector<Outgoing>& messages);
  void discard_unfinished();
  void rest();
  template <class Condition>
  bool wait(Clock::time_point deadline, Condition condition);
  template <class Condition>
  void wait_for_broker(Clock::time_point deadline, Condition condition);

  // Paho's threads.
  void on_connected() override {
    tell([](Happened& happened) { happened.connected = true; });
  }
  void on_subscribed() override {
    tell([](Happened& happened) { ++happened.subscribed; });
  }
  void on_broken(std::string why) override;
  void on_finished(bool delivered) override;
  void on_arrived(std::string_view topic, std::string_view payload, bool retained) override;
  template <class Change>
  void tell(Change change);

  const LinkOptions options_;
  const BrokerUrl broker_;
  const LinkEvents events_;
  const std::shared_ptr<PahoLibrary> library_;
  std::atomic<bool> muted_{false};  // no more messages for the consumer

  // Never held during a call into Paho, because Paho's callbacks take it under Paho's lock.
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  bool stopping_ = false;
  bool up_ = false;
  Happened happened_;
  std::deque<Outgoing> outbox_;
  std::size_t handed_ = 0;      // to Paho, not yet finished
  std::size_t unfinished_ = 0;  // accepted, neither acknowledged nor discarded
  LinkCounters counters_;

  // The link's thread only.
  Backoff backoff_;
  bool told_down_ = false;

  std::thread owner_;
};

// ---- any thread

Result<void> MqttLink::Impl::publish(Outgoing&& message) {
  std::unique_lock lock(mutex_);
  const auto refuse = [&](std::string_view code, std::string text) {
    ++counters_.refused;
    return failure(code, std::move(text));
  };
  if (!is_valid_topic(message.topic) || !is_qos(message.qos)) {
    return refuse("link.message", "'" + printable(message.topic) + "' with QoS " +
                                      std::to_string(message.qos) + " cannot be published to");
  }
  if (message.payload.size() > options_.max_payload) {
    return refuse("link.message", "the payload for '" + printable(message.topic) + "' has " +
                                      std::to_string(message.payload.size()) +
                                      " octets; the link carries " +
                                      std::to_string(options_.max_payload));
  }
  if (!up_) {
    return refuse("link.down", "not connected to the broker at " + options_.url +
                                   "; the message was not sent and will not be");
  }
  if (unfinished_ >= options_.max_in_flight) {
    return refuse("link.full", std::to_string(unfinished_) +
                                   " messages wait for the acknowledgement of the broker at " +
                                   options_.url + "; the message was not sent and will not be");
  }
  ++unfinished_;
  outbox_.push_back(std::move(message));
  lock.unlock();
  wake_.notify_one();
  return {};
}

bool MqttLink::Impl::flush(Millis limit) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, limit, [&] { return unfinished_ == 0; });
}

// ---- the link's thread

template <class Condition>
bool MqttLink::Impl::wait(Clock::time_point deadline, Condition condition) {
  std::unique_lock lock(mutex_);
  wake_.wait_until(lock, deadline, [&] { return stopping_ || condition(); });
  return condition();
}

// For the outcome of connecting or subscribing; Paho is woken as long as none comes.
template <class Condition>
void MqttLink::Impl::wait_for_broker(Clock::time_point deadline, Condition condition) {
  const auto over = [&] { return stopping_ || condition(); };
  std::unique_lock lock(mutex_);
  while (!wake_.wait_until(lock, std::min(deadline, Clock::now() + kWakeForConnection), over)) {
    if (Clock::now() >= deadline) return;
    lock.unlock();
    library_->wake();
    lock.lock();
  }
}

void MqttLink::Impl::run() {
  for (;;) {
    const std::string why = connect_and_serve();
    discard_unfinished();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    if (!std::exchange(told_down_, true) && events_.on_state) events_.on_state(false, why);
    rest();
  }
}

// Until the connection has failed or the link stops; returns why.
std::string MqttLink::Impl::connect_and_serve() {
  const auto addresses = resolve(broker_);
  if (!addresses) return addresses.error().text;
  std::string why;
  for (const BrokerAddress& address : *addresses) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return "stopped";
      happened_ = {};
      ++counters_.attempts;
    }
    const auto connection = Connection::open(address, options_, *this);
    if (!connection) return connection.error().text;
    why = establish(**connection, address);
    if (why.empty()) return serve(**connection);
  }
  return why;
}

// From connecting to subscribed; returns what went wrong, or nothing.
std::string MqttLink::Impl::establish(Connection& connection, const BrokerAddress& address) {
  const auto trouble = [&](const char* what) {
    const std::lock_guard lock(mutex_);
    const std::string where = "broker " + address.paho_uri().substr(6) + ": ";
    if (happened_.broken) return where + happened_.why;
    return stopping_ ? "stopped" : where + what;
  };
  auto deadline = Clock::now() + options_.connect_timeout;
  wait_for_broker(deadline, [&] { return happened_.connected || happened_.broken; });
  if (!wait(Clock::now(), [&] { return happened_.connected && !happened_.broken; })) {
    return trouble("no answer to CONNECT in time");
  }
  set_no_delay(address);

  const std::size_t wanted = options_.subscriptions.size();
  for (const Subscription& subscription : options_.subscriptions) {
    if (const auto sent = connection.subscribe(subscription); !sent) return sent.error().text;
  }
  deadline = Clock::now() + options_.connect_timeout;
  wait_for_broker(deadline, [&] { return happened_.subscribed >= wanted || happened_.broken; });
  if (!wait(Clock::now(), [&] { return happened_.subscribed >= wanted && !happened_.broken; })) {
    return trouble("no answer to SUBSCRIBE in time");
  }
  return {};
}

// From up to lost.
std::string MqttLink::Impl::serve(Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return "stopped";
    up_ = true;
    ++counters_.connected;
  }
  const auto since = Clock::now();
  told_down_ = false;
  if (events_.on_state) events_.on_state(true, "connected to " + options_.url);

  std::vector<Outgoing> batch;
  std::string why;
  for (;;) {
    const auto due = [&] {
      return stopping_ || happened_.broken || (!outbox_.empty() && handed_ < kWindow);
    };
    std::unique_lock lock(mutex_);
    if (handed_ == 0) {
      wake_.wait(lock, due);
    } else if (!wake_.wait_for(lock, kWakeForMessage, due)) {
      const bool owed = handed_ > 0;
      lock.unlock();
      if (owed) library_->wake();
      continue;
    }
    if (stopping_ || happened_.broken) {
      up_ = false;
      why = stopping_ ? "stopped" : "broker " + options_.url + ": " + happened_.why;
      break;
    }
    for (; !outbox_.empty() && handed_ < kWindow; ++handed_) {
      batch.push_back(std::move(outbox_.front()));
      outbox_.pop_front();
    }
    lock.unlock();
    send_all(connection, batch);
  }
  // Only a link that lasted earns a quick return: two clients of one name must not fight.
  if (Clock::now() - since > options_.backoff_max) backoff_.reset();
  return why;
}

void MqttLink::Impl::send_all(Connection& connection, std::vector<Outgoing>& messages) {
  for (const Outgoing& message : messages) {
    if (!connection.send(message.topic, message.payload, message.qos, message.retain)) {
      on_finished(false);
    }
  }
  messages.clear();
}

// After the connection is gone: nothing of it may be sent on the next one.
void MqttLink::Impl::discard_unfinished() {
  const std::lock_guard lock(mutex_);
  outbox_.clear();
  handed_ = 0;
  counters_.discarded += std::exchange(unfinished_, 0);
  idle_.notify_all();
}

void MqttLink::Impl::rest() {
  wait(Clock::now() + backoff_.next(), [] { return false; });
}

// ---- Paho's threads

template <class Change>
void MqttLink::Impl::tell(Change change) {
  {
    const std::lock_guard lock(mutex_);
    change(happened_);
  }
  wake_.notify_one();
}

void MqttLink::Impl::on_broken(std::string why) {
  tell([&](Happened& happened) {
    if (!happened.broken) happened.why = std::move(why);
    happened.broken = true;
    up_ = false;
  });
}

void MqttLink::Impl::on_finished(bool delivered) {
  const std::lock_guard lock(mutex_);
  if (handed_ == 0) return;
  --handed_;
  ++(delivered ? counters_.sent : counters_.discarded);
  if (--unfinished_ == 0) idle_.notify_all();
  if (!outbox_.empty()) wake_.notify_one();
}

void MqttLink::Impl::on_arrived(std::string_view topic, std::string_view payload, bool retained) {
  if (muted_) return;
  const bool oversized = payload.size() > options_.max_payload;
  {
    const std::lock_guard lock(mutex_);
    ++(oversized ? counters_.oversized : counters_.received);
  }
  if (oversized) {
    if (events_.on_dropped) events_.on_dropped({std::string(topic), payload.size()});
  } else if (events_.on_message) {
    events_.on_message({std::string(topic), std::string(payload), retained});
  }
}

// ---- MqttLink

Result<std::unique_ptr<MqttLink>> MqttLink::create(LinkOptions options, LinkEvents events) {
  auto broker = parse_broker_url(options.url);
  if (!broker) return std::unexpected(broker.error());
  if (const auto checked = check(options); !checked) return std::unexpected(checked.error());
  auto library = PahoLibrary::acquire();
  if (!library) return std::unexpected(library.error());
  return std::unique_ptr<MqttLink>(new MqttLink(std::make_unique<Impl>(
      std::move(options), *std::move(broker), std::move(events), *std::move(library))));
}

MqttLink::MqttLink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MqttLink::~MqttLink() = default;

Result<void> MqttLink::publish(std::string topic, std::string payload, int qos, bool retain) {
  return impl_->publish({std::move(topic), std::move(payload), qos, retain});
}
bool MqttLink::flush(Millis limit) {
  return impl_->flush(limit);
}
bool MqttLink::up() const {
  return impl_->up();
}
LinkCounters MqttLink::counters() const {
  return impl_->counters();
}

}  // namespace xiaogate::links
