// The stage of the demo: two brokers, the hub, the gateway and its devices, each a process of its
// own on free loopback ports, in a directory that goes away with it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "demo/observer.h"
#include "tests/support/mosquitto.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::demo {

class Stage {
 public:
  // `bin`: where the programs are; `root`: the source tree, for config/demo. Throws
  // std::runtime_error with a sentence when something cannot be started.
  Stage(std::filesystem::path bin, std::filesystem::path root);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void stop_hub();
  void start_hub();

  // Runs a program to its end and returns what it printed; throws when it fails.
  std::string run(const std::string& program, std::vector<std::string> arguments);
  // Gives one line of orders to a simulated device: "gate-north", "reader-south", ...
  void order(const std::string& device, const std::string& line);

  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  std::filesystem::path hub_socket() const { return file("hub") / "hub.sock"; }
  std::filesystem::path program(const std::string& name) const { return bin_ / name; }
  std::uint16_t site_port() const { return site_broker_.port(); }
  Observer& site() { return *site_; }
  Observer& hub() { return *hub_observer_; }
  // The last lines of every process's log, for when something failed.
  std::string logs() const;

 private:
  std::unique_ptr<test::Process> start(const std::string& name, const std::string& program,
                                       std::vector<std::string> arguments);
  void write_site_config(const std::filesystem::path& root) const;
  void start_device(const std::string& name, const std::string& program,
                    const std::string& arguments);

  std::filesystem::path bin_;
  test::TempDir directory_{"xiaogate-demo"};
  test::Mosquitto site_broker_;
  test::Mosquitto hub_broker_;
  std::unique_ptr<test::Process> hub_process_;
  std::unique_ptr<test::Process> gateway_;
  std::vector<std::unique_ptr<test::Process>> devices_;
  std::map<std::string, int> orders_;  // pipes, by device
  std::unique_ptr<Observer> site_;
  std::unique_ptr<Observer> hub_observer_;
};

}  // namespace xiaogate::demo
