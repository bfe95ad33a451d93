#include "cli/live_recording.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include <poll.h>
#include <unistd.h>

#include "cli/device_orders.h"
#include "links/mqtt_link.h"
#include "process/inbox.h"

namespace xiaogate::cli {
namespace {

constexpr std::size_t kInbox = 4096;
constexpr Millis kBackPressure{5000};
constexpr Millis kFarewell{2000};

struct LinkState {
  bool up = false;
  std::string why;
};
using Heard = std::variant<links::Message, links::Dropped, LinkState>;

Instant now() {
  return {.wall = std::chrono::floor<Millis>(std::chrono::system_clock::now()),
          .mono = MonoTime(
              std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch()))};
}

// The link's threads only post; all else happens on the thread of run().
class LiveRecording {
 public:
  LiveRecording(kit::Recorder& recorder, const LiveOptions& options, const LiveWatcher& watcher,
                std::unique_ptr<process::Inbox<Heard>> inbox)
      : recorder_(recorder),
        options_(options),
        watcher_(watcher),
        inbox_(std::move(inbox)),
        orders_(options.drive ? STDIN_FILENO : -1) {}
  ~LiveRecording() { inbox_->close(); }
  LiveRecording(const LiveRecording&) = delete;
  LiveRecording& operator=(const LiveRecording&) = delete;

  Result<void> connect() {
    links::LinkOptions options;
    options.url = options_.broker;
    options.client_id = "xiaogate-record-" + std::to_string(getpid());
    options.backoff_max = Millis(2000);
    options.jitter_seed = static_cast<std::uint64_t>(getpid());
    for (auto& filter : recorder_.filters()) options.subscriptions.push_back({filter, 1});
    links::LinkEvents events;
    events.on_message = [inbox = inbox_.get()](links::Message&& message) {
      inbox->post(std::move(message), kBackPressure);
    };
    events.on_state = [inbox = inbox_.get()](bool up, std::string why) {
      inbox->post_always(LinkState{up, std::move(why)});
    };
    events.on_dropped = [inbox = inbox_.get()](links::Dropped dropped) {
      inbox->post_always(std::move(dropped));
    };
    auto link = links::MqttLink::create(std::move(options), std::move(events));
    if (!link) return std::unexpected(link.error());
    link_ = std::move(*link);
    return {};
  }

  LiveOutcome run(process::StopSignals& stop) {
    const MonoTime begun = now().mono;
    if (options_.time.count() > 0) until_ = begun + options_.time;
    while (!ended()) {
      wait(stop.descriptor());
      if (stop.take()) end(LiveEnd::stopped);
      if (until_ && now().mono >= *until_) end(LiveEnd::time);
      hear();
      if (!ended()) told(recorder_.due(now()));
      if (up_) carry_out_orders();
    }
    link_->flush(kFarewell);
    outcome_.missed += inbox_->lost();
    return outcome_;
  }

 private:
  bool ended() const { return ended_; }
  void end(LiveEnd how) {
    if (!ended_) outcome_.end = how;
    ended_ = true;
  }

  void wait(int stop) {
    pollfd ready[] = {{stop, POLLIN, 0},
                      {inbox_->descriptor(), POLLIN, 0},
                      {up_ ? orders_.descriptor() : -1, POLLIN, 0}};
    poll(ready, 3, until_next());
    if (ready[2].revents != 0) orders_.read_more();
  }

  int until_next() const {
    auto next = recorder_.next_due();
    if (until_ && (!next || *until_ < *next)) next = until_;
    if (!next) return -1;
    return static_cast<int>(std::clamp<std::int64_t>((*next - now().mono).count(), 0, 60'000));
  }

  void hear() {
    for (auto& heard : inbox_->drain()) {
      if (ended()) return;
      std::visit([this](auto& what) { on(what); }, heard);
    }
  }

  // Retained messages come while other filters are still being subscribed to; what the plugin
  // publishes for them could not be sent yet.
  void on(links::Message& message) {
    if (up_) {
      told(recorder_.heard(message.topic, message.payload, now()));
    } else {
      early_.push_back(std::move(message));
    }
  }
  void on(const links::Dropped&) { ++outcome_.missed; }
  void on(const LinkState& state) {
    up_ = state.up;
    outcome_.was_up |= state.up;
    watcher_.on_link(state.up, state.why);
    if (!up_) return;
    for (auto& message : std::exchange(early_, {})) {
      if (!ended()) on(message);
    }
  }

  void carry_out_orders() {
    while (!ended()) {
      const auto line = orders_.next();
      if (!line) return;
      const auto order = parse_device_order(*line);
      if (!order) {
        watcher_.on_fault(order.error().text);
        continue;
      }
      if (!*order) continue;
      auto call = recorder_.order((*order)->device, (*order)->action, (*order)->input, now());
      if (call) {
        told({std::move(*call)});
      } else {
        watcher_.on_fault(call.error().text);
      }
    }
  }

  void told(const std::vector<kit::RecordedCall>& calls) {
    for (const auto& call : calls) {
      watcher_.on_call(call);
      if (options_.drive) send(call.publications);
    }
    if (recorder_.ended()) return end(LiveEnd::plugin_ended);
    if (recorder_.full()) return end(LiveEnd::full);
    if (options_.count > 0 && recorder_.counts().inputs() >= options_.count) end(LiveEnd::count);
  }

  void send(const std::vector<PluginEffect>& publications) {
    for (const auto& one : publications) {
      const auto sent = link_->publish(one.name, one.data, static_cast<int>(one.qos), false);
      if (!sent) watcher_.on_fault(one.name + ": " + sent.error().text);
    }
  }

  kit::Recorder& recorder_;
  const LiveOptions& options_;
  const LiveWatcher& watcher_;
  std::unique_ptr<process::Inbox<Heard>> inbox_;
  std::unique_ptr<links::MqttLink> link_;  // ends before the inbox that it posts to
  OrderReader orders_;
  std::optional<MonoTime> until_;
  std::vector<links::Message> early_;
  bool up_ = false;
  bool ended_ = false;
  LiveOutcome outcome_;
};

}  // namespace

Result<LiveOutcome> record_live(kit::Recorder& recorder, process::StopSignals& stop,
                                const LiveOptions& options, const LiveWatcher& watcher) {
  auto inbox = process::Inbox<Heard>::create(kInbox);
  if (!inbox) return std::unexpected(inbox.error());
  LiveRecording recording(recorder, options, watcher, std::move(*inbox));
  if (auto connected = recording.connect(); !connected) {
    return std::unexpected(connected.error());
  }
  return recording.run(stop);
}

}  // namespace xiaogate::cli
