// sim-shelly: a Shelly relay on a broker, with faults to order.
#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gate/shelly_device.h"
#include "links/mqtt_link.h"
#include "process/exit_code.h"
#include "process/logging.h"
#include "process/options.h"
#include "process/signals.h"

namespace xiaogate::devices {
namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
  std::string broker = "mqtt://127.0.0.1:1883";
  std::string prefix = "shellypro1-000000000001";
  std::string log;
  bool lose_will = false;
  bool deaf = false;
  std::int64_t slow_ms = 0;
};

WallTime wall_now() {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

// The device between its broker and its clock. Messages come on the link's thread, what is due
// later is done on the main thread; one mutex guards both.
class Simulator {
 public:
  explicit Simulator(const Settings& settings)
      : settings_(settings), device_(settings.prefix), wake_(eventfd(0, EFD_CLOEXEC)) {
    if (!settings.log.empty()) log_.open(settings.log, std::ios::app);
  }
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;
  ~Simulator() { close(wake_); }

  Result<void> connect() {
    links::LinkOptions options;
    options.url = settings_.broker;
    options.client_id = "sim-shelly-" + std::to_string(getpid());
    options.subscriptions = {{device_.rpc_topic(), 1}};
    const auto will = device_.last_will();
    if (!settings_.lose_will) options.will = links::Will{will.topic, will.payload, will.retain};
    links::LinkEvents events;
    events.on_message = [this](links::Message&& message) { heard(std::move(message)); };
    events.on_state = [this](bool up, const std::string& why) { state(up, why); };
    const std::scoped_lock lock(mutex_);
    auto link = links::MqttLink::create(std::move(options), std::move(events));
    if (!link) return std::unexpected(link.error());
    link_ = std::move(*link);
    return {};
  }

  // Does what is due until a signal comes.
  void run(process::StopSignals& stop) {
    while (!stop.take()) {
      pollfd ready[] = {{stop.descriptor(), POLLIN, 0}, {wake_, POLLIN, 0}};
      poll(ready, 2, until_next());
      if (ready[1].revents != 0) {
        eventfd_t ignored = 0;
        eventfd_read(wake_, &ignored);
      }
      do_what_is_due();
    }
  }

  // Ends the connection while everything its callbacks use is still there.
  void disconnect() {
    std::unique_ptr<links::MqttLink> link;
    {
      const std::scoped_lock lock(mutex_);
      link = std::move(link_);
    }
  }

 private:
  void state(bool up, const std::string& why) {
    if (!up) return process::log_warning("broker lost", {{"why", why}});
    process::log_info("broker connected", {{"prefix", settings_.prefix}});
    const std::scoped_lock lock(mutex_);
    publish(device_.connected());
  }

  void heard(links::Message&& message) {
    if (settings_.deaf) return;
    const std::scoped_lock lock(mutex_);
    if (settings_.slow_ms == 0) return react(message.payload);
    later(Millis(settings_.slow_ms), [this, payload = message.payload] { react(payload); });
  }

  void react(const std::string& payload) {
    const auto reaction = device_.request(payload, wall_now());
    if (reaction.pulse) record(*reaction.pulse);
    publish(reaction.publications);
    if (reaction.pulse && reaction.pulse->ends_in) {
      later(*reaction.pulse->ends_in, [this] { publish(device_.release(wall_now())); });
    }
  }

  void record(const Pulse& pulse) {
    process::log_info("relay pulsed", {{"rpc", pulse.rpc_id}, {"source", pulse.source}});
    if (!log_.is_open()) return;
    log_ << R"({"time_ms":)" << wall_now().time_since_epoch().count() << R"(,"rpc":)"
         << pulse.rpc_id << "}\n"
         << std::flush;
  }

  void publish(const std::vector<Publication>& publications) {
    for (const auto& one : publications) {
      if (!link_) return;
      const auto sent = link_->publish(one.topic, one.payload, 1, one.retain);
      if (!sent) process::log_warning("not published", {{"why", sent.error().text}});
    }
  }

  void later(Millis delay, std::function<void()> action) {
    agenda_.emplace(Clock::now() + delay, std::move(action));
    eventfd_write(wake_, 1);
  }

  int until_next() {
    const std::scoped_lock lock(mutex_);
    if (agenda_.empty()) return -1;
    const auto wait = std::chrono::ceil<Millis>(agenda_.begin()->first - Clock::now()).count();
    return wait < 0 ? 0 : static_cast<int>(wait);
  }

  void do_what_is_due() {
    const std::scoped_lock lock(mutex_);
    while (!agenda_.empty() && agenda_.begin()->first <= Clock::now()) {
      const auto action = std::move(agenda_.begin()->second);
      agenda_.erase(agenda_.begin());
      action();
    }
  }

  const Settings settings_;
  std::mutex mutex_;
  ShellyDevice device_;
  std::multimap<Clock::time_point, std::function<void()>> agenda_;
  std::ofstream log_;
  int wake_;
  std::unique_ptr<links::MqttLink> link_;
};

int simulate(const Settings& settings) {
  process::start_logging("sim-shelly", process::LogLevel::info);
  auto stop = process::StopSignals::block();
  if (!stop) {
    process::log_error(stop.error().text);
    return process::kExitFailed;
  }
  Simulator simulator(settings);
  if (const auto connected = simulator.connect(); !connected) {
    process::log_error(connected.error().text);
    return process::kExitFailed;
  }
  simulator.run(*stop);
  simulator.disconnect();
  return process::kExitOk;
}

}  // namespace
}  // namespace xiaogate::devices

int main(int argc, char** argv) {
  xiaogate::devices::Settings settings;
  return xiaogate::process::run_program(
      {.name = "sim-shelly",
       .help = "A Shelly Gen2+ relay as a gate's device, simulated on an MQTT broker.",
       .options = {{"--broker", &settings.broker, "The broker's address."},
                   {"--prefix", &settings.prefix, "The device's MQTT topic prefix."},
                   {"--log", &settings.log, "File that gets one JSON line a pulse of the relay."},
                   {"--lose-will", &settings.lose_will, "Leave no last will with the broker."},
                   {"--deaf", &settings.deaf, "Stay connected but answer nothing."},
                   {.names = "--slow-ms",
                    .target = &settings.slow_ms,
                    .help = "Milliseconds to wait before doing what was asked.",
                    .least = 0,
                    .most = 60000}},
       .run = [&] { return xiaogate::devices::simulate(settings); }},
      "1.0.0", argc, argv);
}
