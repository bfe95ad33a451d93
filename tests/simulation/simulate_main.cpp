// simulate: runs whole sites under seeds. A failure prints its seed, and that seed replays it.

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "process/exit_code.h"
#include "process/options.h"
#include "tests/simulation/world.h"

namespace {

using namespace xiaogate;

void add(simulation::Summary& total, const simulation::Summary& one) {
  total.turns += one.turns;
  total.scans += one.scans;
  total.granted += one.granted;
  total.denied += one.denied;
  total.openings += one.openings;
  total.expired += one.expired;
  total.crashes += one.crashes;
  total.power_cuts += one.power_cuts;
  total.failed_commits += one.failed_commits;
  total.records += one.records;
  total.fires += one.fires;
  total.orders += one.orders;
  total.alarms += one.alarms;
  total.clock_jumps += one.clock_jumps;
  total.granted_unset += one.granted_unset;
}

void print(const simulation::Summary& s, std::int64_t seeds, double seconds) {
  const auto n = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf(
      "%lld sites, minutes of chaos and a quiet time each, in %.1f s: %llu turns, %llu scans, %llu "
      "granted, "
      "%llu denied, %llu openings,\n  %llu expired, %llu crashes, %llu power cuts, %llu failed "
      "commits, %llu fires, %llu orders, %llu door alarms, %llu records;\n  %llu clocks set wrong, "
      "%llu granted under a clock that was never set; every invariant held\n",
      static_cast<long long>(seeds), seconds, n(s.turns), n(s.scans), n(s.granted), n(s.denied),
      n(s.openings), n(s.expired), n(s.crashes), n(s.power_cuts), n(s.failed_commits), n(s.fires),
      n(s.orders), n(s.alarms), n(s.records), n(s.clock_jumps), n(s.granted_unset));
}

int simulate(const std::string& plugin_directory, std::int64_t first, std::int64_t count,
             bool trace) {
  const auto plugins = gateway::InstalledPlugins::find(plugin_directory);
  if (!plugins) {
    std::fprintf(stderr, "%s\n", plugins.error().text.c_str());
    return process::kExitFailed;
  }
  const auto start = std::chrono::steady_clock::now();
  simulation::Summary total;
  for (std::int64_t seed = first; seed < first + count; ++seed) {
    std::function<void(const std::string&)> tracer;
    if (trace) tracer = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
    simulation::World world(static_cast<std::uint64_t>(seed), *plugins, tracer);
    const auto run = world.run();
    if (!run) {
      std::printf("seed %lld: %s\nreplay it with: ./dev sim --seed %lld --trace\n",
                  static_cast<long long>(seed), run.error().text.c_str(),
                  static_cast<long long>(seed));
      return process::kExitFailed;
    }
    add(total, *run);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  print(total, count, took.count());
  // A simulation in which nothing happens proves nothing.
  constexpr std::int64_t kEnoughForAll = 50;
  const bool eventful = total.granted > 0 && total.denied > 0 && total.openings > 0 &&
                        total.fires > 0 && total.orders > 0 && total.alarms > 0 &&
                        (count < kEnoughForAll || total.granted_unset > 0);
  if (!eventful) std::printf("nothing happened: no grant, denial, opening, fire, order or alarm\n");
  return eventful ? process::kExitOk : process::kExitFailed;
}

}  // namespace

int main(int argc, char** argv) {
  std::string plugins =
      (std::filesystem::path(argv[0]).parent_path() / ".." / "plugins").lexically_normal().string();
  std::int64_t seed = -1;
  std::int64_t seeds = 1000;
  bool trace = false;
  return process::run_program(
      {.name = "simulate",
       .help = "Runs whole sites in one process under simulated clocks, networks, disks and power.",
       .options = {{"--seed", &seed, "Run this one seed."},
                   {"--seeds", &seeds, "Run the seeds 1 to this number."},
                   {"--plugins", &plugins, "Directory of plugin folders."},
                   {"--trace", &trace, "Print everything that happens."}},
       .run =
           [&] {
             return seed >= 0 ? simulate(plugins, seed, 1, trace)
                              : simulate(plugins, 1, seeds, trace);
           }},
      gateway::kVersion, argc, argv);
}
