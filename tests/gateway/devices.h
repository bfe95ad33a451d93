// The devices of config/demo/site.json, played by the test: two readers and two Shelly gates that
// answer every command as the real ones do.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "links/mqtt_link.h"
#include "tests/support/wait.h"

namespace xiaogate::test {

struct GateCommand {
  std::uint64_t rpc_id = 0;
  std::string gate;  // as the configuration names it
};

class Devices {
 public:
  explicit Devices(const std::string& broker);

  // False while the broker is away: a reader keeps nothing.
  bool scan(const std::string& side, const std::string& code);
  bool publish(const std::string& topic, const std::string& payload);
  // Until everything published has reached the broker.
  bool flush() { return link_->flush(Millis(kPatience)); }

  bool wait_up();
  // Waits until more than `seen` commands came, at most `limit`.
  bool wait_commands(std::size_t seen, Millis limit = Millis(kPatience));
  std::size_t command_count() const;
  std::vector<GateCommand> commands() const;

 private:
  void heard(const links::Message& message);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool up_ = false;
  std::vector<GateCommand> commands_;
  std::unique_ptr<links::MqttLink> link_;  // last: its callbacks use what stands above
};

}  // namespace xiaogate::test
