#include "tests/bench/hostile_site.h"

#include <random>
#include <stdexcept>
#include <thread>

#include "tests/bench/bare_client.h"
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
constexpr std::size_t kRounds = 4;          // undisturbed and hostile in turns
constexpr std::size_t kProvokedEvery = 10;  // scans
constexpr std::chrono::milliseconds kPeriod{50};
const std::vector<std::string> kOffenders{"crashes", "loops", "floods"};

class HostileSite {
 public:
  HostileSite(const std::filesystem::path& bin, const HostileAmounts& amounts)
      : amounts_(amounts),
        riders_(kRiders),
        stage_(bin, kAccessPoints, 0, kOffenders),
        devices_(stage_.site_broker(), stage_.hub_broker(), kAccessPoints),
        provoker_(stage_.site_broker(), "provoker", {}, [](BareClient&, const Heard&) {}) {
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
    const Json memory = stage_.plugins_private();
    scans(kWarmUp, "");
    std::vector<double> undisturbed;
    std::map<std::string, std::vector<double>> beside;
    for (std::size_t round = 0; round < kRounds; ++round) {
      append(undisturbed, scans(amounts_.scans / kRounds, ""));
      for (const auto& offender : kOffenders) {
        append(beside[offender], scans(amounts_.scans / kRounds, offender));
      }
    }
    Json told = Json::object();
    for (auto& [offender, micros] : beside) told[offender] = figures(std::move(micros));
    return {{"undisturbed", figures(std::move(undisturbed))},
            {"beside", told},
            {"plugin_private_kib", memory}};
  }

 private:
  static void append(std::vector<double>& all, const std::vector<double>& some) {
    all.insert(all.end(), some.begin(), some.end());
  }
  // 20 a second, each at a random time of its period; the offender is provoked twice a second.
  std::vector<double> scans(std::size_t count, const std::string& offender) {
    devices_.forget();
    auto next = Clock::now();
    std::size_t made = 0;
    for (const std::string& code : riders_.codes(count)) {
      if (!offender.empty() && made++ % kProvokedEvery == 0) {
        provoker_.send("hostile/" + offender + "/in", "mischief");
      }
      std::this_thread::sleep_until(next + kPeriod * static_cast<int>(random_() % 900) / 1000);
      devices_.scan(code);
      next += kPeriod;
    }
    devices_.wait_opened(count);
    return devices_.micros();
  }

  const HostileAmounts amounts_;
  std::mt19937_64 random_{11};
  Riders riders_;
  GatewayStage stage_;
  Devices devices_;
  BareClient provoker_;
};

}  // namespace

Json hostile_site(const std::filesystem::path& bin, const HostileAmounts& amounts) {
  return HostileSite(bin, amounts).run();
}

}  // namespace xiaogate::bench
