// sim-reader: a reader on a broker. Every line of standard input is a scan; every answer is printed
// as "granted" or "denied" (a generic reader: what it is told to show), a blank and the
// milliseconds since the last scan. It ends some seconds after the input's end, or with the last
// answer.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>

#include <unistd.h>

#include "links/mqtt_link.h"
#include "process/exit_code.h"
#include "process/logging.h"
#include "process/options.h"
#include "reader/reader_device.h"

namespace xiaogate::devices {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{5};

WallTime wall_now() {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

// Scans from the main thread, answers from the link's; one mutex guards what both know.
class Simulator {
 public:
  explicit Simulator(ReaderDevice device) : device_(std::move(device)) {}

  Result<void> connect(const std::string& broker) {
    links::LinkOptions options;
    options.url = broker;
    options.client_id = "sim-reader-" + std::to_string(getpid());
    if (const auto topic = device_.answer_topic(); !topic.empty()) {
      options.subscriptions = {{topic, 1}};
      expects_answers_ = true;
    }
    links::LinkEvents events;
    events.on_message = [this](links::Message&& message) { answered(message.payload); };
    events.on_state = [this](bool up, const std::string& why) {
      if (!up) process::log_warning("broker lost", {{"why", why}});
      const std::scoped_lock lock(mutex_);
      changed_.notify_all();
    };
    auto link = links::MqttLink::create(std::move(options), std::move(events));
    if (!link) return std::unexpected(link.error());
    link_ = std::move(*link);
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [this] { return link_->up(); })) {
      return failure("reader.broker", "no broker at " + broker);
    }
    return {};
  }

  Result<void> scan(const std::string& code) {
    const auto scan = device_.scan(code, ++scans_, wall_now());
    {
      const std::scoped_lock lock(mutex_);
      scanned_at_ = Clock::now();
    }
    return link_->publish(scan.topic, scan.payload, 1, false);
  }

  // Whether everything was answered, or nothing ever is.
  bool finish() {
    if (!link_->flush(kPatience)) return false;
    std::unique_lock lock(mutex_);
    return !expects_answers_ ||
           changed_.wait_for(lock, kPatience, [this] { return answers_ >= scans_; });
  }

 private:
  void answered(const std::string& payload) {
    const auto answer = device_.answer(payload);
    if (!answer) return;
    const std::scoped_lock lock(mutex_);
    const std::chrono::duration<double, std::milli> took = Clock::now() - scanned_at_;
    const char* word = !answer->granted   ? answer->text.c_str()
                       : *answer->granted ? "granted"
                                          : "denied";
    std::printf("%s %.1f\n", word, took.count());
    std::fflush(stdout);
    ++answers_;
    changed_.notify_all();
  }

  ReaderDevice device_;
  bool expects_answers_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  Clock::time_point scanned_at_;
  std::uint64_t answers_ = 0;
  std::uint64_t scans_ = 0;                // main thread
  std::unique_ptr<links::MqttLink> link_;  // last: its callbacks use what stands above
};

int simulate(const std::string& broker, const ReaderOptions& options) {
  process::start_logging("sim-reader", process::LogLevel::info);
  const auto failed = [](const Error& error) {
    process::log_error(error.text);
    return process::kExitFailed;
  };
  auto device = ReaderDevice::create(options);
  if (!device) return failed(device.error());
  Simulator simulator(std::move(*device));
  if (const auto connected = simulator.connect(broker); !connected)
    return failed(connected.error());
  for (std::string code; std::getline(std::cin, code);) {
    if (code.empty()) continue;
    if (const auto scanned = simulator.scan(code); !scanned) return failed(scanned.error());
  }
  return simulator.finish() ? process::kExitOk : process::kExitFailed;
}

}  // namespace
}  // namespace xiaogate::devices

int main(int argc, char** argv) {
  std::string broker = "mqtt://127.0.0.1:1883";
  xiaogate::devices::ReaderOptions options;
  return xiaogate::process::run_program(
      {.name = "sim-reader",
       .help = "A reader, simulated on an MQTT broker: each line of standard input is a scan.",
       .options = {{"--broker", &broker, "The broker's address."},
                   {.names = "--protocol",
                    .target = &options.protocol,
                    .help = "What the reader speaks.",
                    .choices = {"generic", "vbar", "native"}},
                   {"--topic", &options.topic, "generic: topic of the scans."},
                   {"--feedback-topic", &options.feedback_topic, "generic: topic of the answers."},
                   {"--serial", &options.serial, "vbar: the terminal's serial number."},
                   {"--device", &options.device, "native: the device's id at the gateway."}},
       .run = [&] { return xiaogate::devices::simulate(broker, options); }},
      "1.0.0", argc, argv);
}
