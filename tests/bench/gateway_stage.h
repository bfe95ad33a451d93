// A gateway for measuring: two real brokers, the hub and xiaogated with its plugins, each a process
// of its own, on free loopback ports and in a directory that goes away with it. The devices of the
// site are the bench's own (devices.h).
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/mosquitto.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::bench {

inline constexpr const char* kGateway = "gw-00000000000d3301";

class GatewayStage {
 public:
  // A site with as many access points: reader "reader-<n>" scans on topic "scan/<n>", its gate is
  // the Shelly of prefix "gate-<n>", n from 0; and `others` more Shellys of prefix "chat-<n>";
  // and a device for each of the `hostile` plugins of tests/host/hostile, which has its name.
  // The gateway is not started yet. Throws std::runtime_error when something cannot be started.
  GatewayStage(std::filesystem::path bin, std::size_t access_points, std::size_t others = 0,
               const std::vector<std::string>& hostile = {});
  ~GatewayStage();
  GatewayStage(const GatewayStage&) = delete;
  GatewayStage& operator=(const GatewayStage&) = delete;

  void start_gateway();
  void stop_gateway();

  // In KiB, from /proc: VmRSS, RssAnon or VmHWM.
  std::size_t gateway_memory(const std::string& what) const;
  // VmRSS of all plugin processes together.
  std::size_t plugins_memory() const;

  // Private_Clean + Private_Dirty of each plugin process, in KiB: what it has of its own.
  std::map<std::string, std::size_t> plugins_private() const;

  // Processor time so far, in seconds, by program; the plugins' together.
  std::map<std::string, double> processor_seconds() const;

  std::filesystem::path data() const { return directory_.path() / "gateway"; }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  std::filesystem::path program(const std::string& name) const { return bin_ / name; }
  std::uint16_t site_port() const { return site_broker_.port(); }
  std::string site_broker() const { return site_broker_.url(); }
  std::string hub_broker() const { return hub_broker_.url(); }
  // For when something failed.
  std::string logs() const;
  // One of our programs; what it prints goes to file("<program>.log").
  std::unique_ptr<test::Process> start(const std::string& program,
                                       std::vector<std::string> arguments);

 private:
  std::vector<pid_t> plugins() const;

  std::filesystem::path bin_;
  test::TempDir directory_{"xiaogate-bench"};
  test::Mosquitto site_broker_;
  test::Mosquitto hub_broker_;
  std::unique_ptr<test::Process> hub_;
  std::unique_ptr<test::Process> gateway_;
};

}  // namespace xiaogate::bench
