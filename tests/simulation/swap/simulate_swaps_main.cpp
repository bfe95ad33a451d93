// simulate_swaps: battery swaps under seeds. A failure prints its seed, and that seed replays it.

#include <chrono>
#include <cstdio>

#include "process/exit_code.h"
#include "process/options.h"
#include "tests/simulation/swap/swap_world.h"

namespace {

using namespace xiaogate;
using simulation::SwapSummary;

void add(SwapSummary& total, const SwapSummary& one) {
  total.swaps += one.swaps;
  total.done += one.done;
  total.aborted += one.aborted;
  total.refused += one.refused;
  total.cases += one.cases;
  total.closed += one.closed;
  total.openings += one.openings;
  total.restarts += one.restarts;
  total.alarms += one.alarms;
}

void print(const SwapSummary& s, std::int64_t seeds, double seconds) {
  const auto n = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf(
      "%lld cabinets, half an hour of chaos and a quiet time each, in %.1f s: %llu swaps, %llu "
      "done, "
      "%llu aborted,\n  %llu batteries refused, %llu cases (%llu closed), %llu openings, %llu "
      "restarts, %llu alarms; every invariant held\n",
      static_cast<long long>(seeds), seconds, n(s.swaps), n(s.done), n(s.aborted), n(s.refused),
      n(s.cases), n(s.closed), n(s.openings), n(s.restarts), n(s.alarms));
}

int simulate(std::int64_t first, std::int64_t count, bool trace) {
  const auto start = std::chrono::steady_clock::now();
  SwapSummary total;
  for (std::int64_t seed = first; seed < first + count; ++seed) {
    std::function<void(const std::string&)> tracer;
    if (trace) tracer = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
    simulation::SwapWorld world(static_cast<std::uint64_t>(seed), tracer);
    const auto run = world.run();
    if (!run) {
      std::printf("seed %lld: %s\nreplay it with: simulate_swaps --seed %lld --trace\n",
                  static_cast<long long>(seed), run.error().text.c_str(),
                  static_cast<long long>(seed));
      return process::kExitFailed;
    }
    add(total, *run);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  print(total, count, took.count());
  // A simulation in which nothing happens proves nothing.
  const bool eventful = total.done > 0 && total.refused > 0 && total.cases > 0 && total.alarms > 0;
  if (!eventful) std::printf("nothing happened: no swap, refusal, case or alarm in any run\n");
  return eventful ? process::kExitOk : process::kExitFailed;
}

}  // namespace

int main(int argc, char** argv) {
  std::int64_t seed = -1;
  std::int64_t seeds = 1000;
  bool trace = false;
  return process::run_program(
      {.name = "simulate_swaps",
       .help = "Battery swaps under simulated riders, cabinets, networks, disks and power.",
       .options = {{"--seed", &seed, "Run this one seed."},
                   {"--seeds", &seeds, "Run the seeds 1 to this number."},
                   {"--trace", &trace, "Print everything that happens."}},
       .run = [&] { return seed >= 0 ? simulate(seed, 1, trace) : simulate(1, seeds, trace); }},
      "1.0.0", argc, argv);
}
