// What a plugin's process of its own costs: one call to a plugin and back through PluginHost,
// against a bare socket-pair round trip of the same 300 octets between two processes, both one at a
// time with the caller asleep in poll() meanwhile; and what holding events to their Thing Models
// costs (boundary.h). Prints one line of JSON; microseconds.
//
//   bench_plugin_hop [rounds]
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/manifest.h"
#include "host/plugin_host.h"
#include "host/plugin_library.h"
#include "tests/bench/boundary.h"

namespace {

using namespace xiaogate;
using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

constexpr std::size_t kPayload = 300;
constexpr std::size_t kBlock = 500;

struct Quantiles {
  double p50 = 0;
  double p99 = 0;
};

Quantiles quantiles(std::vector<double> took) {
  std::ranges::sort(took);
  return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

Instant now() {
  return {std::chrono::floor<Millis>(std::chrono::system_clock::now()),
          MonoTime(std::chrono::floor<Millis>(Clock::now().time_since_epoch())),
          ClockQuality::synchronised};
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_plugin_hop: %s\n", why.c_str());
  std::exit(1);
}

void wait_readable(int descriptor) {
  pollfd ready{descriptor, POLLIN, 0};
  poll(&ready, 1, -1);
}

host::Interfaces interfaces() {
  auto loaded = host::Interfaces::load();
  if (!loaded) give_up(loaded.error().text);
  return *loaded;
}

// A process that sends back what it receives.
class Echo {
 public:
  Echo() {
    std::array<int, 2> pair{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair.data()) != 0) give_up("no socket pair");
    child_ = fork();
    if (child_ == 0) {
      close(pair[0]);
      serve(pair[1]);
    }
    close(pair[1]);
    socket_ = pair[0];
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo() {
    close(socket_);
    waitpid(child_, nullptr, 0);
  }

  double round_trip() {
    std::array<char, kPayload> payload{};
    const auto start = Clock::now();
    if (send(socket_, payload.data(), payload.size(), 0) < 0) give_up("echo is gone");
    wait_readable(socket_);
    if (recv(socket_, payload.data(), payload.size(), 0) <= 0) give_up("echo is gone");
    return Micros(Clock::now() - start).count();
  }

 private:
  [[noreturn]] static void serve(int socket) {
    std::array<char, kPayload> payload{};
    ssize_t size = 0;
    while ((size = recv(socket, payload.data(), payload.size(), 0)) > 0) {
      if (send(socket, payload.data(), static_cast<std::size_t>(size), 0) < 0) break;
    }
    std::_Exit(0);
  }

  int socket_ = -1;
  pid_t child_ = -1;
};

// A generic reader: the cheapest call that returns an effect.
class Hop {
 public:
  Hop(const std::string& runner, const PluginManifest& manifest, const Json& options)
      : plugin_(manifest.name) {
    auto host = host::PluginHost::create({.runner = runner}, interfaces(),
                                         [](const auto&) { return PluginState(); });
    if (!host) give_up(host.error().text);
    host_ = std::move(*host);
    host_->add(manifest, canonical({{"devices", {{"r1", options}}}}));
    while (!serve_until_up()) {
    }
  }

  double round_trip() {
    const auto start = Clock::now();
    PluginInput input{PluginInputKind::message, "r1", "scan", std::string(kPayload, 'c')};
    host_->call({++calls_, plugin_, std::move(input)}, MonoTime::max(), now());
    while (true) {
      wait_readable(host_->descriptor());
      for (const auto& event : host_->service(now())) {
        if (std::holds_alternative<host::CallReturned>(event)) {
          return Micros(Clock::now() - start).count();
        }
        give_up("the plugin failed in the middle");
      }
    }
  }

 private:
  bool serve_until_up() {
    const auto events = host_->service(now());
    for (const auto& event : events) {
      if (const auto* down = std::get_if<host::PluginDown>(&event)) give_up(down->reason);
    }
    if (!events.empty()) return true;
    wait_readable(host_->descriptor());
    return false;
  }

  std::string plugin_;
  std::unique_ptr<host::PluginHost> host_;
  std::uint64_t calls_ = 0;
};

// The plugin alone, in this process: what of the hop is its own work.
std::vector<double> in_process(const PluginManifest& manifest, const Json& options, int rounds) {
  const auto library = host::PluginLibrary::open(manifest);
  if (!library) give_up(library.error().text);
  auto plugin = library->create(canonical({{"devices", {{"r1", options}}}}), {});
  if (!plugin) give_up(plugin.error().text);
  const PluginInput input{PluginInputKind::message, "r1", "scan", std::string(kPayload, 'c')};
  std::vector<double> took;
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    if (!plugin->handle(input, 1, WallTime())) give_up("the plugin failed");
    took.push_back(Micros(Clock::now() - start).count());
  }
  return took;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 20'000;
  if (rounds <= 0) give_up("usage: bench_plugin_hop [rounds]");
  // Everything stands where the build puts it: bin/ and plugins/ side by side.
  const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string runner = bin / "xiaogate-plugin-host";
  const auto manifest = host::load_manifest(bin.parent_path() / "plugins" / "reader");
  if (!manifest) give_up(manifest.error().text);
  const auto options = host::check_options(*manifest, {{"protocol", "generic"}, {"topic", "scan"}});
  if (!options) give_up(options.error().text);

  Echo echo;
  Hop hop(runner, *manifest, *options);
  std::vector<double> bare;
  std::vector<double> plugin;
  // In turns, so that both meet the same machine.
  while (bare.size() < static_cast<std::size_t>(rounds)) {
    for (std::size_t i = 0; i < kBlock; ++i) bare.push_back(echo.round_trip());
    for (std::size_t i = 0; i < kBlock; ++i) plugin.push_back(hop.round_trip());
  }
  const auto floor = quantiles(std::move(bare));
  const auto ours = quantiles(std::move(plugin));
  const auto work = quantiles(in_process(*manifest, *options, rounds));
  std::printf(
      R"({"bench":"plugin_hop","unit":"us","floor_p50":%.1f,"floor_p99":%.1f,"hop_p50":%.1f,)"
      R"("hop_p99":%.1f,"plugin_itself_p50":%.1f,"ratio_p50":%.2f,"goal_ratio_p50":2.0,"boundary":%s})"
      "\n",
      floor.p50, floor.p99, ours.p50, ours.p99, work.p50, ours.p50 / floor.p50,
      bench::boundary(rounds / 10 + 1).dump().c_str());
  return 0;
}
