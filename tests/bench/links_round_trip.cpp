// What the link costs: the time from a device's publish to the answer of a responder in another
// process, QoS 1 all the way through a real mosquitto. The responder is bare Paho C, bare Paho C++
// or an MqttLink; everything else is the same. Prints one JSON line.
//
//   bench_links [seconds for each rate, default 10]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <mqtt/async_client.h>
#include <signal.h>

#include "links/connection.h"
#include "links/mqtt_link.h"
#include "model/json.h"
#include "tests/bench/bare_client.h"
#include "tests/support/mosquitto.h"
#include "tests/support/process.h"

namespace xiaogate {
namespace {

using Clock = std::chrono::steady_clock;
using bench::address_of;
using bench::BareClient;
using test::wait_until;

using bench::kAnswer;
using bench::kRequest;
constexpr int kWindow = 64;  // unanswered requests in the saturated run
constexpr std::size_t kPayload = 300;

[[noreturn]] void die(const std::string& what) {
  std::cerr << "bench_links: " << what << "\n";
  std::exit(1);
}

// ---- responders, each in a process of its own; they say "ready" and answer until they are killed

[[noreturn]] void answer_for_ever() {
  std::cout << "ready" << std::endl;
  for (;;) pause();
}

[[noreturn]] void respond_bare(const std::string& url) {
  BareClient client(url, "responder", {kRequest}, [](BareClient& self, const bench::Heard& heard) {
    self.send(kAnswer, heard.payload);
  });
  answer_for_ever();
}

[[noreturn]] void respond_cpp(const std::string& url) {
  const auto broker = address_of(url);
  mqtt::async_client client(broker.paho_uri(), "responder",
                            mqtt::create_options_builder().max_buffered_messages(4096).finalize());
  client.set_message_callback([&](const mqtt::const_message_ptr& message) {
    client.publish(mqtt::make_message(kAnswer, message->get_payload(), 1, false));
  });
  client.connect()->wait();
  links::set_no_delay(broker);
  client.subscribe(kRequest, 1)->wait();
  answer_for_ever();
}

[[noreturn]] void respond_link(const std::string& url) {
  links::LinkOptions options;
  options.url = url;
  options.client_id = "responder";
  options.subscriptions = {{kRequest, 1}};
  std::atomic<links::MqttLink*> responder{nullptr};
  links::LinkEvents events;
  events.on_message = [&](links::Message&& message) {
    if (!responder.load()->publish(kAnswer, std::move(message.payload), 1, false)) {
      die("the link refuses to send");
    }
  };
  const auto link = links::MqttLink::create(options, std::move(events));
  if (!link) die(link.error().text);
  responder = link->get();
  if (!wait_until([&] { return (*link)->up(); })) die("the link does not come up");
  answer_for_ever();
}

// ---- the device

struct Sample {
  std::vector<double> micros;
  double seconds = 0;
};

class Device {
 public:
  explicit Device(const std::string& url)
      : client_(url, "device", {kAnswer},
                [this](BareClient&, const bench::Heard& heard) { answered(heard.payload); }) {}

  // `rate` requests a second, or as many as the window lets through if 0.
  Sample run(double rate, std::chrono::seconds length) {
    micros_.clear();
    const auto start = Clock::now();
    auto next = start;
    while (next < start + length) {
      window_.acquire();
      if (rate > 0) std::this_thread::sleep_until(next);
      const auto now = Clock::now();
      std::string request = std::to_string(now.time_since_epoch().count());
      request.resize(kPayload, ' ');
      client_.send(kRequest, request);
      next = rate > 0 ? next + std::chrono::nanoseconds(static_cast<long>(1e9 / rate)) : now;
    }
    for (int i = 0; i < kWindow; ++i) {
      if (!window_.try_acquire_for(test::kPatience)) die("an answer is missing");
    }
    window_.release(kWindow);
    return {micros_, std::chrono::duration<double>(Clock::now() - start).count()};
  }

 private:
  void answered(std::string_view payload) {
    const auto sent = Clock::duration(std::atoll(std::string(payload).c_str()));
    const auto took = Clock::now().time_since_epoch() - sent;
    micros_.push_back(std::chrono::duration<double, std::micro>(took).count());
    window_.release();
  }

  std::vector<double> micros_;  // Paho's thread while requests are out, then the caller's
  std::counting_semaphore<> window_{kWindow};
  BareClient client_;
};

Json figures(Sample sample) {
  std::ranges::sort(sample.micros);
  const auto at = [&](double part) {
    const auto last = static_cast<double>(sample.micros.size() - 1);
    return std::round(sample.micros[static_cast<std::size_t>(part * last)] * 10) / 10;
  };
  return {{"n", sample.micros.size()},
          {"p50_us", at(0.5)},
          {"p99_us", at(0.99)},
          {"max_us", at(1)},
          {"per_s", std::round(static_cast<double>(sample.micros.size()) / sample.seconds)}};
}

Json measure(const char* self, const std::string& responder, std::chrono::seconds length) {
  const test::Mosquitto broker;
  const test::TempDir directory;
  const test::Process process(
      {{self, "--respond", responder, broker.url()}, {}, directory.path() / "output", {}});
  if (!wait_until([&] { return process.output().starts_with("ready"); })) {
    die(responder + " responder: " + process.output());
  }
  Device device(broker.url());
  device.run(100, std::chrono::seconds{1});  // warm up
  Json result;
  for (const auto& [name, rate] :
       {std::pair{"1_per_s", 1.0}, {"20_per_s", 20.0}, {"100_per_s", 100.0}, {"saturated", 0.0}}) {
    result[name] = figures(device.run(rate, length));
  }
  return result;
}

int run(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--respond") {
    const std::string kind = argv[2];
    if (kind == "bare_paho_c") respond_bare(argv[3]);
    if (kind == "bare_paho_cpp") respond_cpp(argv[3]);
    respond_link(argv[3]);
  }
  // The device shall not add Paho's own pauses (links/pulse.h) to what is measured.
  const auto awake = links::PahoLibrary::acquire();
  const std::chrono::seconds length{argc > 1 ? std::atoi(argv[1]) : 10};
  Json result;
  for (const char* responder : {"bare_paho_c", "bare_paho_cpp", "mqtt_link"}) {
    result[responder] = measure("/proc/self/exe", responder, length);
  }
  for (const char* rate : {"1_per_s", "20_per_s", "100_per_s", "saturated"}) {
    const auto p50 = [&](const char* who) { return result[who][rate]["p50_us"].get<double>(); };
    result["ratio_p50"][rate] = std::round(100 * p50("mqtt_link") / p50("bare_paho_c")) / 100;
  }
  std::cout << canonical(result) << std::endl;
  return 0;
}

}  // namespace
}  // namespace xiaogate

int main(int argc, char** argv) {
  return xiaogate::run(argc, argv);
}
