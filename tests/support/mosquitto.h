// A real mosquitto for one test.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::test {

// Runs on a free port of 127.0.0.1, without persistence, anonymous, with TCP_NODELAY; listens
// when the constructor returns. Ended with the object.
class Mosquitto {
 public:
  // `extra` is appended to the configuration, e.g. "max_packet_size 2000\n".
  explicit Mosquitto(std::string extra = {});

  std::uint16_t port() const { return port_; }
  std::string url() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }
  std::string log() const;
  pid_t pid() const { return process_ ? process_->pid() : -1; }

  void start();  // on the same port; does nothing if it runs
  void stop();   // in an orderly way: clients see their connections closed
  void kill();   // SIGKILL
  void restart() {
    stop();
    start();
  }
  // Half-open: connections stay, connects are even accepted by the kernel, nothing answers.
  void pause() const;
  void resume() const;

 private:
  TempDir directory_{"xiaogate-mosquitto"};
  std::uint16_t port_;
  std::unique_ptr<Process> process_;
};

// A port for a broker that is not there yet: Mosquitto stopped right after its construction.
std::unique_ptr<Mosquitto> absent_mosquitto();

}  // namespace xiaogate::test
