// bench_gateway: what a scan costs on real parts, beside the floors that it cannot go below,
// measured in turns with it. Prints one line of JSON; tests/bench/run makes a table of it.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "links/connection.h"
#include "model/json.h"
#include "process/exit_code.h"
#include "process/options.h"
#include "tests/bench/busy_site.h"
#include "tests/bench/devices.h"
#include "tests/bench/figures.h"
#include "tests/bench/floors.h"
#include "tests/bench/gateway_stage.h"
#include "tests/bench/hostile_site.h"
#include "tests/bench/riders.h"

namespace xiaogate::bench {
namespace {

constexpr std::size_t kAccessPoints = 4;
constexpr std::ptrdiff_t kWindow = 64;  // scans and requests unanswered when saturated
constexpr std::size_t kSaturatedRounds = 5;

struct Amounts {
  std::int64_t credentials = 1'000'000;
  std::int64_t riders = 4'000;
  std::int64_t scans = 2'000;  // one at a time
  std::int64_t seconds = 20;   // at each rate
  std::int64_t saturated = 40'000;
  std::int64_t starts = 5;
  std::int64_t busy_scans = 1'000;     // with and without 500 devices that talk
  std::int64_t hostile_scans = 1'000;  // without and beside each of three hostile plugins
};

// The three floors, and their sum sample by sample.
struct FloorSamples {
  std::vector<double> round_trip;
  std::vector<double> commit;
  std::vector<double> verify;
  std::vector<double> sum;

  void take(RoundTrip& trip, DurableRecord& record, Verification& verification) {
    round_trip.push_back(trip.once().count());
    commit.push_back(record.once().count());
    verify.push_back(verification.bare().count());
    sum.push_back(round_trip.back() + commit.back() + verify.back());
  }
  Json json() const {
    return {{"round_trip", figures(round_trip)},
            {"commit", figures(commit)},
            {"verify", figures(verify)},
            {"sum", figures(sum)}};
  }
};

class Bench {
 public:
  Bench(const std::filesystem::path& bin, const Amounts& amounts)
      : amounts_(amounts),
        riders_(size(amounts.riders)),
        stage_(bin, kAccessPoints),
        devices_(stage_.site_broker(), stage_.hub_broker(), kAccessPoints),
        trip_(stage_.site_broker(), stage_.program("bench_links"), stage_.file("responder.log")),
        record_(stage_.file("floor.db")) {}

  Json run() {
    riders_.fill_cache(stage_.data(), size(amounts_.credentials));
    Json out{{"credentials", amounts_.credentials}};
    out["start"] = start_to_decision();
    one_at_a_time(std::min<std::size_t>(200, size(amounts_.scans)));  // warm up
    out["one_at_a_time"] = one_at_a_time(size(amounts_.scans));
    for (const int rate : {1, 20, 100}) {
      out["rate"][std::to_string(rate)] = at_rate(rate);
    }
    out["memory"] = memory();
    out["saturated"] = saturated();
    out["memory_after_saturation"] = memory();
    out["start_after_saturation"] = start_to_decision();
    out["verify"] = verify();
    return out;
  }

  std::string logs() const { return stage_.logs(); }

 private:
  static std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

  Json start_to_decision() {
    std::vector<double> millis;
    for (std::int64_t i = 0; i < amounts_.starts; ++i) {
      stage_.stop_gateway();
      devices_.forget();
      const std::string code = riders_.codes(1).front();
      const auto begun = Clock::now();
      stage_.start_gateway();
      // Until its link is up nobody hears a code; shown again it opens once.
      while (!devices_.wait_opened(1, std::chrono::milliseconds(2))) {
        if (Clock::now() - begun > test::kPatience) throw std::runtime_error("no decision");
        devices_.knock(code);
      }
      millis.push_back(Micros(Clock::now() - begun).count() / 1000);
      devices_.wait_reported();
    }
    devices_.forget();
    return figures(std::move(millis));
  }

  // A scan begins when the hub has the record of the one before it; then the floors.
  Json one_at_a_time(std::size_t scans) {
    FloorSamples floor;
    devices_.forget();
    std::size_t opened = 0;
    for (const std::string& code : riders_.codes(scans)) {
      devices_.scan(code);
      devices_.wait_opened(++opened);
      devices_.wait_reported();
      floor.take(trip_, record_, verification_);
    }
    return {{"scan_to_open", figures(devices_.micros())}, {"floor", floor.json()}};
  }

  // `rate` scans a second whatever became of the ones before, each at a random time of its period,
  // so that nothing falls into step with a timer, and half a period later the floors.
  Json at_rate(int rate) {
    FloorSamples floor;
    devices_.forget();
    const auto codes = riders_.codes(size(amounts_.seconds) * static_cast<std::size_t>(rate));
    const auto half = std::chrono::nanoseconds(std::chrono::seconds(1)) / rate / 2;
    std::mt19937_64 random(44);
    auto next = Clock::now();
    for (const std::string& code : codes) {
      const auto when = next + half * static_cast<std::int64_t>(random() % 1000) / 1000;
      std::this_thread::sleep_until(when);
      devices_.scan(code);
      std::this_thread::sleep_until(when + half);
      floor.take(trip_, record_, verification_);
      next += 2 * half;
    }
    devices_.wait_opened(codes.size());
    return {{"scan_to_open", figures(devices_.micros())}, {"floor", floor.json()}};
  }

  // In rounds, the floor's and the gateway's in turns.
  Json saturated() {
    std::vector<double> floors;
    std::vector<double> decisions;
    std::map<std::string, double> processor;  // microseconds a decision
    const std::size_t count = size(amounts_.saturated) / kSaturatedRounds;
    for (std::size_t round = 0; round < kSaturatedRounds; ++round) {
      floors.push_back(trip_.saturated(count, kWindow));
      const auto codes = riders_.codes(count);
      devices_.forget();
      const auto before = stage_.processor_seconds();
      const auto begun = Clock::now();
      for (std::size_t i = 0; i < codes.size(); ++i) {
        if (i >= kWindow) devices_.wait_opened(i - kWindow + 1);
        devices_.scan(codes[i]);
      }
      devices_.wait_opened(codes.size());
      decisions.push_back(static_cast<double>(count) * 1e6 / Micros(Clock::now() - begun).count());
      for (const auto& [program, seconds] : stage_.processor_seconds()) {
        processor[program] +=
            (seconds - before.at(program)) * 1e6 / static_cast<double>(count * kSaturatedRounds);
      }
      devices_.wait_reported();
    }
    return {{"decisions_per_s", figures(decisions)},
            {"round_trips_per_s", figures(floors)},
            {"processor_us_per_decision", processor},
            {"scan_to_open_of_last_round", figures(devices_.micros())}};
  }

  Json memory() const {
    return {{"rss_kib", stage_.gateway_memory("VmRSS")},
            {"anonymous_kib", stage_.gateway_memory("RssAnon")},
            {"peak_kib", stage_.gateway_memory("VmHWM")},
            {"plugins_kib", stage_.plugins_memory()}};
  }

  Json verify() {
    std::vector<double> bare;
    std::vector<double> ours;
    for (std::size_t i = 0; i < std::max<std::size_t>(100, size(amounts_.scans)); ++i) {
      bare.push_back(verification_.bare().count());
      ours.push_back(verification_.ours().count());
    }
    return {{"bare", figures(std::move(bare))}, {"cose", figures(std::move(ours))}};
  }

  Amounts amounts_;
  Riders riders_;
  GatewayStage stage_;
  Devices devices_;
  RoundTrip trip_;
  DurableRecord record_;
  Verification verification_;
};

int measure(const Amounts& amounts) {
  const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  // The bench's own clients shall not add Paho's pauses (links/pulse.h).
  const auto awake = links::PahoLibrary::acquire();
  std::unique_ptr<Bench> bench;
  try {
    bench = std::make_unique<Bench>(bin, amounts);
    Json out = bench->run();
    bench.reset();
    out["busy_site"] = busy_site(bin, {.scans = static_cast<std::size_t>(amounts.busy_scans)});
    out["hostile_site"] =
        hostile_site(bin, {.scans = static_cast<std::size_t>(amounts.hostile_scans)});
    std::printf("%s\n", canonical(out).c_str());
    return process::kExitOk;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_gateway: %s\n%s", e.what(), bench ? bench->logs().c_str() : "");
    return process::kExitFailed;
  }
}

}  // namespace
}  // namespace xiaogate::bench

int main(int argc, char** argv) {
  xiaogate::bench::Amounts amounts;
  return xiaogate::process::run_program(
      {.name = "bench_gateway",
       .help = "Measures a gateway on real parts beside its floors; prints one line of JSON.",
       .options =
           {{.names = "--credentials",
             .target = &amounts.credentials,
             .help = "In the cache.",
             .least = 1},
            {.names = "--riders", .target = &amounts.riders, .help = "Who scan.", .least = 1},
            {.names = "--scans", .target = &amounts.scans, .help = "One at a time.", .least = 1},
            {.names = "--seconds", .target = &amounts.seconds, .help = "At each rate.", .least = 1},
            {.names = "--saturated",
             .target = &amounts.saturated,
             .help = "Scans without a pause.",
             .least = 500},
            {.names = "--starts", .target = &amounts.starts, .help = "Of the gateway.", .least = 1},
            {.names = "--hostile-scans",
             .target = &amounts.hostile_scans,
             .help = "Beside each hostile plugin.",
             .least = 4},
            {.names = "--busy-scans",
             .target = &amounts.busy_scans,
             .help = "Among 500 devices, quiet and talking.",
             .least = 10}},
       .run = [&] { return xiaogate::bench::measure(amounts); }},
      "0.1.0", argc, argv);
}
