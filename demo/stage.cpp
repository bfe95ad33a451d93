#include "demo/stage.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/json.h"

namespace xiaogate::demo {
namespace {

constexpr std::size_t kLogTail = 2000;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Stage::Stage(std::filesystem::path bin, std::filesystem::path root) : bin_(std::move(bin)) {
  run("xiaogate-hub", {"init", "--data", file("hub").string(), "--region", "hangzhou"});
  start_hub();
  std::filesystem::create_directory(file("gateway"));
  write_site_config(root);
  site_ = std::make_unique<Observer>(site_broker_.url());
  hub_observer_ = std::make_unique<Observer>(hub_broker_.url());
  if (!site_->wait_up() || !hub_observer_->wait_up()) {
    throw std::runtime_error("the brokers do not answer");
  }
  for (const std::string side : {"north", "south"}) {
    start_device("gate-" + side, "sim-gate", "--passers --topic shellypro1-" + side);
    start_device("reader-" + side, "sim-reader",
                 "--protocol generic --topic readers/" + side + "/scan");
  }
  for (const std::string side : {"north", "south"}) {
    const auto up = site_->wait(Clock::time_point{}, [&](const Seen& seen) {
      return seen.topic == "shellypro1-" + side + "/online" && seen.payload == "true";
    });
    if (!up) throw std::runtime_error("the gate's relay did not come up");
  }
  const auto begun = Clock::now();
  gateway_ = start(
      "xiaogated", "xiaogated",
      {"--config", file("site.json").string(), "--trust", (file("hub") / "trust.json").string(),
       "--data", file("gateway").string(), "--plugins", (bin_ / ".." / "plugins").string(),
       "--runner", program("xiaogate-plugin-host").string()});
  const auto online = hub_observer_->wait(begun, [](const Seen& seen) {
    return seen.topic.ends_with("/state") && seen.payload.contains("\"online\":true");
  });
  if (!online) throw std::runtime_error("the gateway did not come up");
}

Stage::~Stage() {
  for (const auto& [name, descriptor] : orders_) close(descriptor);
  if (gateway_) gateway_->stop();
  if (hub_process_) hub_process_->stop();
}

void Stage::write_site_config(const std::filesystem::path& root) const {
  const auto source = root / "config" / "demo" / "site.json";
  auto json = parse_json(read(source));
  if (!json) throw std::runtime_error(source.string() + ": " + json.error().text);
  (*json)["device_broker"] = site_broker_.url();
  (*json)["hub_broker"] = hub_broker_.url();
  std::ofstream(file("site.json")) << json->dump(2) << "\n";
}

void Stage::start_hub() {
  hub_broker_.start();
  hub_process_ = start("xiaogate-hub", "xiaogate-hub",
                       {"serve", "--data", file("hub").string(), "--broker", hub_broker_.url()});
  if (!test::wait_until([&] { return std::filesystem::exists(hub_socket()); })) {
    throw std::runtime_error("the hub did not come up");
  }
}

void Stage::stop_hub() {
  hub_process_->stop();
  hub_process_.reset();
  hub_broker_.stop();
}

std::unique_ptr<test::Process> Stage::start(const std::string& name, const std::string& program,
                                            std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), (bin_ / program).string());
  return std::make_unique<test::Process>(
      test::ProcessOptions{.arguments = std::move(arguments), .output = file(name + ".log")});
}

// A device takes orders line by line from a pipe with a name.
void Stage::start_device(const std::string& name, const std::string& program,
                         const std::string& arguments) {
  const std::string pipe = file(name + ".orders").string();
  if (mkfifo(pipe.c_str(), 0600) != 0) {
    throw std::runtime_error("mkfifo: " + std::generic_category().message(errno));
  }
  orders_[name] = open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  const std::string command = "exec '" + (bin_ / program).string() + "' --broker " +
                              site_broker_.url() + " " + arguments + " < '" + pipe + "'";
  devices_.push_back(std::make_unique<test::Process>(
      test::ProcessOptions{.arguments = {"sh", "-c", command}, .output = file(name + ".log")}));
}

void Stage::order(const std::string& device, const std::string& line) {
  const std::string text = line + "\n";
  if (write(orders_.at(device), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error(device + " takes no orders");
  }
}

std::string Stage::run(const std::string& program, std::vector<std::string> arguments) {
  const std::string shown = program + (arguments.empty() ? "" : " " + arguments.front());
  arguments.insert(arguments.begin(), (bin_ / program).string());
  const auto output = file("run.out");
  std::filesystem::remove(output);
  test::Process process({.arguments = std::move(arguments), .output = output});
  const auto code = process.wait();
  std::string text = read(output);
  if (code != 0) throw std::runtime_error(shown + " failed: " + text);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string Stage::logs() const {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    if (entry.path().extension() != ".log") continue;
    std::string text = read(entry.path());
    if (text.size() > kLogTail) text = "..." + text.substr(text.size() - kLogTail);
    all += "--- " + entry.path().filename().string() + "\n" + text;
  }
  return all;
}

}  // namespace xiaogate::demo
