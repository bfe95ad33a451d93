#include "tests/bench/busy_site.h"

#include <map>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/bench/devices.h"
#include "tests/bench/figures.h"
#include "tests/bench/gateway_stage.h"
#include "tests/bench/riders.h"
#include "tests/support/wait.h"

namespace xiaogate::bench {
namespace {

constexpr std::size_t kAccessPoints = 4;
constexpr std::size_t kCredentials = 20'000;
constexpr std::size_t kRiders = 500;
constexpr std::size_t kWarmUp = 100;
constexpr std::chrono::milliseconds kPeriod{50};

class BusySite {
 public:
  BusySite(const std::filesystem::path& bin, const BusyAmounts& amounts)
      : amounts_(amounts),
        riders_(kRiders),
        stage_(bin, kAccessPoints, amounts.devices),
        devices_(stage_.site_broker(), stage_.hub_broker(), kAccessPoints) {
    riders_.fill_cache(stage_.data(), kCredentials);
    stage_.start_gateway();
    const std::string code = riders_.codes(1).front();
    if (!test::wait_until([&] {
          devices_.knock(code);
          return devices_.wait_opened(1, kPeriod);
        })) {
      throw std::runtime_error("the gateway does not open: " + stage_.logs());
    }
  }

  Json run() {
    scans(kWarmUp);
    const Json quiet = scans(amounts_.scans);
    const auto chatter =
        stage_.start("bench_chatter",
                     {"--port", std::to_string(stage_.site_port()), "--devices",
                      std::to_string(amounts_.devices), "--rate", std::to_string(amounts_.rate)});
    if (!test::wait_until([&] { return chatter->output().contains("chatting"); })) {
      throw std::runtime_error("the devices do not talk: " + chatter->output());
    }
    scans(kWarmUp);
    const auto before = stage_.processor_seconds();
    const auto begun = Clock::now();
    const Json busy = scans(amounts_.scans);
    const double seconds = Micros(Clock::now() - begun).count() / 1e6;
    if (!chatter->running()) throw std::runtime_error("the devices fell silent");
    std::map<std::string, double> processor;
    for (const auto& [program, spent] : stage_.processor_seconds()) {
      processor[program] = (spent - before.at(program)) / seconds;
    }
    return {{"quiet", quiet},
            {"busy", busy},
            {"messages_per_s", amounts_.devices * amounts_.rate},
            {"processor", processor}};
  }

 private:
  // 20 a second, each at a random time of its period, so that nothing falls into step.
  Json scans(std::size_t count) {
    std::mt19937_64 random(7);
    devices_.forget();
    auto next = Clock::now();
    for (const std::string& code : riders_.codes(count)) {
      std::this_thread::sleep_until(next + kPeriod * static_cast<int>(random() % 900) / 1000);
      devices_.scan(code);
      next += kPeriod;
    }
    devices_.wait_opened(count);
    return figures(devices_.micros());
  }

  const BusyAmounts amounts_;
  Riders riders_;
  GatewayStage stage_;
  Devices devices_;
};

}  // namespace

Json busy_site(const std::filesystem::path& bin, const BusyAmounts& amounts) {
  return BusySite(bin, amounts).run();
}

}  // namespace xiaogate::bench
