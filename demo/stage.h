// The stage of the demo: two brokers, the hub, the gateway and its devices, each a process of its
// own on free loopback ports, in a directory that goes away with it.
#pragma once

#include <filesystem>
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
  // Holds a code before a reader ("north" or "south").
  void show(const std::string& reader, const std::string& code);

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
  void start_reader(const std::string& name);

  std::filesystem::path bin_;
  test::TempDir directory_{"xiaogate-demo"};
  test::Mosquitto site_broker_;
  test::Mosquitto hub_broker_;
  std::unique_ptr<test::Process> hub_process_;
  std::unique_ptr<test::Process> gateway_;
  std::vector<std::unique_ptr<test::Process>> devices_;
  std::vector<std::pair<std::string, int>> reader_inputs_;
  std::unique_ptr<Observer> site_;
  std::unique_ptr<Observer> hub_observer_;
};

}  // namespace xiaogate::demo
