#include "simulator/simulator.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "links/connection.h"
#include "links/mqtt_link.h"
#include "process/exit_code.h"
#include "process/inbox.h"
#include "process/logging.h"
#include "process/signals.h"
#include "simulator/order_lines.h"

namespace xiaogate::devices {
namespace {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

constexpr Millis kPatience{5000};
constexpr std::size_t kInbox = 1000;

struct LinkState {
  int link = 0;  // which of the links it went through
  bool up = false;
  std::string why;
};
using Heard = std::variant<links::Message, LinkState>;

WallTime wall_now() {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

std::optional<Millis> milliseconds(const std::string& word) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (fault != std::errc() || end != word.data() + word.size() || number < 0) return std::nullopt;
  return Millis(number);
}

std::optional<bool> on_or_off(const std::string& word) {
  if (word == "on") return true;
  if (word == "off") return false;
  return std::nullopt;
}

// The link's threads only post; everything of the device happens on the thread of run().
class Simulator {
 public:
  Simulator(SimulatedDevice& device, const SimulatorOptions& options,
            std::shared_ptr<links::PahoLibrary> paho, std::unique_ptr<process::Inbox<Heard>> inbox,
            OrderLines orders)
      : device_(device),
        options_(options),
        paho_(std::move(paho)),
        inbox_(std::move(inbox)),
        orders_(std::move(orders)),
        strict_(!options.script.empty()) {}

  Result<void> open_log() {
    if (options_.log.empty()) return {};
    log_.open(options_.log, std::ios::app);
    if (!log_) return failure("simulator.log", options_.log + ": cannot be written");
    return {};
  }

  Result<void> go_online() {
    if (link_) return {};
    links::LinkOptions options;
    options.url = options_.broker;
    options.client_id = options_.program + "-" + std::to_string(getpid());
    options.backoff_max = Millis(2000);
    for (auto& filter : device_.subscriptions()) {
      options.subscriptions.push_back({std::move(filter), 1});
    }
    const auto will = device_.last_will();
    if (will && !will_lost_) options.will = links::Will{will->topic, will->payload, will->retain};
    links::LinkEvents events;
    events.on_message = [this](links::Message&& message) {
      inbox_->post(std::move(message), kPatience);
    };
    events.on_state = [this, link = ++links_](bool up, std::string why) {
      inbox_->post_always(LinkState{link, up, std::move(why)});
    };
    auto link = links::MqttLink::create(std::move(options), std::move(events));
    if (!link) return std::unexpected(link.error());
    link_ = std::move(*link);
    return {};
  }

  // Until a signal, `quit`, or the end of the orders when that is wanted. The exit code.
  int run(process::StopSignals& stop) {
    const auto begun = Clock::now();
    while (!stop.take() && !exit_) {
      wait(stop.descriptor());
      for (auto& heard : inbox_->drain()) {
        std::visit([this](auto& what) { on(what); }, heard);
      }
      do_what_is_due();
      carry_out_orders();
      if (options_.ends_with_orders) look_for_end(begun);
    }
    if (link_) link_->flush(kPatience);
    link_.reset();
    return exit_.value_or(process::kExitOk);
  }

 private:
  struct Due {
    Clock::time_point at;
    std::string timer;  // of the device; empty: `action` is the frame's own
    std::function<void()> action;
  };

  void wait(int stop) {
    pollfd ready[] = {
        {stop, POLLIN, 0}, {inbox_->descriptor(), POLLIN, 0}, {orders_.descriptor(), POLLIN, 0}};
    poll(ready, 3, until_next());
    if (ready[2].revents != 0) orders_.read_more();
  }

  int until_next() const {
    std::optional<Clock::time_point> next;
    for (const auto& due : agenda_) {
      if (!next || due.at < *next) next = due.at;
    }
    if (orders_wait_until_ && (!next || *orders_wait_until_ < *next)) next = orders_wait_until_;
    if (options_.ends_with_orders) {
      const auto look_again = Clock::now() + Millis(200);
      if (!next || look_again < *next) next = look_again;
    }
    if (!next) return -1;
    return static_cast<int>(
        std::max<Millis::rep>(0, std::chrono::ceil<Millis>(*next - Clock::now()).count()));
  }

  void on(LinkState& state) {
    if (!link_ || state.link != links_) return;  // told by one that is gone
    up_ = state.up;
    if (!up_) return process::log_warning("broker lost", {{"why", state.why}});
    process::log_info("broker connected");
    do_all(device_.connected(wall_now()));
  }

  void on(links::Message& message) {
    if (deaf_ || !link_) return;
    if (slow_ == Millis(0))
      return do_all(device_.message(message.topic, message.payload, wall_now()));
    later(slow_, [this, message = std::move(message)] {
      do_all(device_.message(message.topic, message.payload, wall_now()));
    });
  }

  void do_all(Doings doings) {
    for (auto& line : doings.happened) record(std::move(line));
    for (auto& timer : doings.timers) set_timer(std::move(timer));
    for (auto& publication : doings.publications) {
      if (delay_ == Millis(0)) {
        publish(publication);
      } else {
        later(delay_, [this, publication = std::move(publication)] { publish(publication); });
      }
    }
  }

  void record(Json line) {
    line["time_ms"] = wall_now().time_since_epoch().count();
    (log_.is_open() ? log_ : std::cout) << canonical(line) << std::endl;
  }

  void publish(const Publication& one) {
    for (int copies = duplicate_ ? 2 : 1; copies > 0; --copies) {
      const auto sent = link_ ? link_->publish(one.topic, one.payload, 1, one.retain)
                              : failure("link.down", "the device is offline");
      if (!sent)
        record({{"what", "not_published"}, {"topic", one.topic}, {"why", sent.error().text}});
    }
  }

  void set_timer(DeviceTimer timer) {
    std::erase_if(agenda_, [&](const Due& due) { return due.timer == timer.name; });
    if (timer.in >= Millis(0)) agenda_.push_back({Clock::now() + timer.in, timer.name, {}});
  }

  void later(Millis delay, std::function<void()> action) {
    agenda_.push_back({Clock::now() + delay, {}, std::move(action)});
  }

  void do_what_is_due() {
    while (true) {
      const auto next = std::ranges::min_element(agenda_, {}, &Due::at);
      if (next == agenda_.end() || next->at > Clock::now()) return;
      const Due due = std::move(*next);
      agenda_.erase(next);
      if (due.timer.empty()) {
        due.action();
      } else {
        do_all(device_.due(due.timer, wall_now()));
      }
    }
  }

  void carry_out_orders() {
    if (orders_wait_until_ && Clock::now() < *orders_wait_until_) return;
    orders_wait_until_.reset();
    while (!orders_wait_until_ && !exit_ && (up_ || !link_)) {
      const auto line = orders_.next();
      if (!line) return;
      const auto done = carry_out(*line);
      if (done) continue;
      process::log_error(done.error().text);
      if (strict_) exit_ = process::kExitFailed;
    }
  }

  Result<void> carry_out(const std::string& line) {
    const Words words = split_words(line);
    const std::string& order = words.front();
    const std::string argument = words.size() > 1 ? words[1] : "";
    if (order == "online") return go_online();
    if (order == "lose-will") return lose_will();
    if (order == "offline" || order == "quit") {
      if (order == "offline") vanish();
      if (order == "quit") exit_ = process::kExitOk;
      return {};
    }
    if (order == "wait" || order == "delay" || order == "slow" || order == "reboot") {
      const auto time = milliseconds(order == "reboot" && argument.empty() ? "500" : argument);
      if (!time) return failure("order.unknown", order + ": how many milliseconds?");
      set_time(order, *time);
      return {};
    }
    if (order == "deaf" || (order == "duplicate" && !argument.empty())) {
      const auto on = on_or_off(argument);
      if (!on) return failure("order.unknown", order + ": on or off?");
      (order == "deaf" ? deaf_ : duplicate_) = *on;
      return {};
    }
    auto doings = device_.order_line(line, words, wall_now());
    if (!doings) return std::unexpected(doings.error());
    do_all(std::move(*doings));
    return {};
  }

  void set_time(const std::string& order, Millis time) {
    if (order == "delay") delay_ = time;
    if (order == "slow") slow_ = time;
    if (order == "wait") orders_wait_until_ = Clock::now() + time;
    if (order != "reboot") return;
    vanish();
    agenda_.clear();
    device_.rebooted();
    record({{"what", "reboot"}});
    later(time, [this] {
      if (const auto online = go_online(); !online) process::log_error(online.error().text);
    });
  }

  Result<void> lose_will() {
    will_lost_ = true;
    if (!link_) return {};
    link_.reset();  // takes leave, so that the broker drops the will it holds
    up_ = false;
    return go_online();
  }

  // To everybody else a lost connection and this look the same, and this needs no time out.
  void vanish() {
    if (!link_) return;
    const auto will = device_.last_will();
    if (will && !will_lost_ && up_) {
      std::ignore = link_->publish(will->topic, will->payload, 1, will->retain);
    }
    link_->flush(kPatience);
    link_.reset();
    up_ = false;
    record({{"what", "offline"}});
  }

  void look_for_end(Clock::time_point begun) {
    if (!up_ && link_ && Clock::now() - begun > 2 * kPatience) {
      process::log_error("no broker at " + options_.broker);
      exit_ = process::kExitFailed;
    }
    if (!orders_.ended() || orders_wait_until_ || !agenda_.empty()) return;
    if (!ended_at_) ended_at_ = Clock::now();
    if (device_.idle()) exit_ = process::kExitOk;
    if (!exit_ && Clock::now() - *ended_at_ > kPatience) exit_ = process::kExitFailed;
  }

  SimulatedDevice& device_;
  const SimulatorOptions& options_;
  std::shared_ptr<links::PahoLibrary> paho_;  // its threads outlive the links: they end slowly
  std::unique_ptr<process::Inbox<Heard>> inbox_;
  OrderLines orders_;
  const bool strict_;
  std::ofstream log_;
  std::vector<Due> agenda_;
  std::optional<Clock::time_point> orders_wait_until_;
  std::optional<Clock::time_point> ended_at_;
  std::optional<int> exit_;
  int links_ = 0;
  bool up_ = false;
  bool will_lost_ = false;
  bool duplicate_ = false;
  bool deaf_ = false;
  Millis delay_{0};
  Millis slow_{0};
  std::unique_ptr<links::MqttLink> link_;  // last: its callbacks use what stands above
};

int failed(const Error& error) {
  process::log_error(error.text);
  return process::kExitFailed;
}

}  // namespace

std::vector<process::Option> simulator_options(SimulatorOptions& options,
                                               std::vector<process::Option> own) {
  std::vector<process::Option> all{
      {"--broker", &options.broker, "The broker's address."},
      {"--script", &options.script, "File of orders, one a line; without it, standard input."},
      {"--log", &options.log, "File that gets one JSON line for everything that happens."}};
  std::ranges::move(own, std::back_inserter(all));
  return all;
}

int simulate(SimulatedDevice& device, const SimulatorOptions& options) {
  process::start_logging(options.program, process::LogLevel::info);
  auto stop = process::StopSignals::block();
  if (!stop) return failed(stop.error());
  auto paho = links::PahoLibrary::acquire();
  if (!paho) return failed(paho.error());
  auto inbox = process::Inbox<Heard>::create(kInbox);
  if (!inbox) return failed(inbox.error());
  auto orders = OrderLines::open(options.script);
  if (!orders) return failed(orders.error());
  Simulator simulator(device, options, std::move(*paho), std::move(*inbox), std::move(*orders));
  if (const auto opened = simulator.open_log(); !opened) return failed(opened.error());
  if (const auto online = simulator.go_online(); !online) return failed(online.error());
  return simulator.run(*stop);
}

}  // namespace xiaogate::devices
