#include "tests/bench/gateway_stage.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <unistd.h>

#include "model/json.h"

namespace xiaogate::bench {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t memory_of(pid_t process, const std::string& what) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what + ":")) return std::stoul(line.substr(what.size() + 1));
  }
  throw std::runtime_error("no " + what + " of process " + std::to_string(process));
}

double seconds_of(pid_t process) {
  std::istringstream stat(text_of("/proc/" + std::to_string(process) + "/stat"));
  std::string word;
  double user = 0;
  double system = 0;
  for (int i = 0; i < 13; ++i) stat >> word;  // none of our programs has a blank in its name
  stat >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// A folder with the plugins of all of these, as links.
void link_plugins(const std::filesystem::path& folder,
                  const std::vector<std::filesystem::path>& sources) {
  std::filesystem::create_directory(folder);
  for (const auto& source : sources) {
    for (const auto& plugin : std::filesystem::directory_iterator(source)) {
      std::filesystem::create_directory_symlink(std::filesystem::canonical(plugin.path()),
                                                folder / plugin.path().filename());
    }
  }
}

// In KiB.
std::size_t private_memory_of(pid_t process) {
  std::ifstream rollup("/proc/" + std::to_string(process) + "/smaps_rollup");
  std::size_t total = 0;
  for (std::string line; std::getline(rollup, line);) {
    if (line.starts_with("Private_Clean:") || line.starts_with("Private_Dirty:")) {
      total += std::stoul(line.substr(line.find(':') + 1));
    }
  }
  return total;
}

Json site_config(const std::string& site_broker, const std::string& hub_broker,
                 std::size_t access_points, std::size_t others,
                 const std::vector<std::string>& hostile) {
  Json devices = Json::array();
  Json points = Json::array();
  for (std::size_t i = 0; i < access_points; ++i) {
    const std::string n = std::to_string(i);
    devices.push_back(
        {{"id", "gate-" + n}, {"plugin", "shelly"}, {"options", {{"prefix", "gate-" + n}}}});
    devices.push_back(
        {{"id", "reader-" + n},
         {"plugin", "reader"},
         {"options",
          {{"protocol", "generic"},
           {"topic", "scan/" + n},
           {"feedback", {{"topic", "show/" + n}, {"granted", "yes"}, {"denied", "no"}}}}}});
    points.push_back({{"id", "point-" + n},
                      {"name_en", "Point " + n},
                      {"name_zh", "门" + n},
                      {"reader", "reader-" + n},
                      {"gate", "gate-" + n}});
  }
  for (std::size_t i = 0; i < others; ++i) {
    const std::string name = "chat-" + std::to_string(i);
    devices.push_back({{"id", name}, {"plugin", "shelly"}, {"options", {{"prefix", name}}}});
  }
  for (const auto& name : hostile) {
    devices.push_back({{"id", name}, {"plugin", name}, {"options", Json::object()}});
  }
  return {{"gateway", kGateway},
          {"region", "hangzhou"},
          {"device_broker", site_broker},
          {"hub_broker", hub_broker},
          {"policy", {{"freshness_s", 300}, {"profiles", {{{"name", "rider.gate"}}}}}},
          {"devices", std::move(devices)},
          {"access_points", std::move(points)}};
}

}  // namespace

GatewayStage::GatewayStage(std::filesystem::path bin, std::size_t access_points, std::size_t others,
                           const std::vector<std::string>& hostile)
    : bin_(std::move(bin)) {
  const std::string hub = file("hub").string();
  if (start("xiaogate-hub", {"init", "--data", hub, "--region", "hangzhou"})->wait() != 0) {
    throw std::runtime_error("the hub cannot be made: " + logs());
  }
  hub_ = start("xiaogate-hub", {"serve", "--data", hub, "--broker", hub_broker()});
  if (!test::wait_until([&] { return std::filesystem::exists(file("hub") / "hub.sock"); })) {
    throw std::runtime_error("the hub does not come up: " + logs());
  }
  std::filesystem::create_directory(data());
  std::ofstream(file("site.json"))
      << site_config(site_broker(), hub_broker(), access_points, others, hostile).dump();
  std::vector<std::filesystem::path> plugins{bin_ / ".." / "plugins"};
  if (!hostile.empty()) plugins.push_back(bin_ / ".." / "tests" / "hostile");
  link_plugins(file("plugins"), plugins);
}

GatewayStage::~GatewayStage() {
  stop_gateway();
  hub_->stop();
}

void GatewayStage::start_gateway() {
  gateway_ = start("xiaogated", {"--config", file("site.json").string(), "--trust",
                                 (file("hub") / "trust.json").string(), "--data", data().string(),
                                 "--plugins", file("plugins").string(), "--runner",
                                 program("xiaogate-plugin-host").string()});
}

void GatewayStage::stop_gateway() {
  if (gateway_) gateway_->stop();
  gateway_.reset();
}

std::size_t GatewayStage::gateway_memory(const std::string& what) const {
  return memory_of(gateway_->pid(), what);
}

std::vector<pid_t> GatewayStage::plugins() const {
  const std::string pid = std::to_string(gateway_->pid());
  std::istringstream children(text_of("/proc/" + pid + "/task/" + pid + "/children"));
  return {std::istream_iterator<pid_t>(children), {}};
}

std::size_t GatewayStage::plugins_memory() const {
  std::size_t total = 0;
  for (const pid_t plugin : plugins()) total += memory_of(plugin, "VmRSS");
  return total;
}

std::map<std::string, std::size_t> GatewayStage::plugins_private() const {
  std::map<std::string, std::size_t> sizes;
  for (const pid_t plugin : plugins()) {
    // xiaogate-plugin-host <plugin name> <gateway's pid>
    const std::string line = text_of("/proc/" + std::to_string(plugin) + "/cmdline");
    const std::string name(line.c_str() + std::min(line.size(), line.find('\0') + 1));
    sizes[name] = private_memory_of(plugin);
  }
  return sizes;
}

std::map<std::string, double> GatewayStage::processor_seconds() const {
  std::map<std::string, double> seconds{{"bench", seconds_of(getpid())},
                                        {"device broker", seconds_of(site_broker_.pid())},
                                        {"hub broker", seconds_of(hub_broker_.pid())},
                                        {"hub", seconds_of(hub_->pid())},
                                        {"gateway", seconds_of(gateway_->pid())}};
  for (const pid_t plugin : plugins()) seconds["plugins"] += seconds_of(plugin);
  return seconds;
}

std::string GatewayStage::logs() const {
  return text_of(file("xiaogated.log")) + text_of(file("xiaogate-hub.log"));
}

std::unique_ptr<test::Process> GatewayStage::start(const std::string& program,
                                                   std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), (bin_ / program).string());
  return std::make_unique<test::Process>(
      test::ProcessOptions{.arguments = std::move(arguments), .output = file(program + ".log")});
}

}  // namespace xiaogate::bench
