// Inputs that nobody should send: truncated, oversized, no UTF-8, nested without end, recorded ones
// with something changed. One seed, one sequence, on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kit/recording.h"

namespace xiaogate::kit {

// REQUIRES of all: recordings of one configuration, at least one with a step.
class HostileInputs {
 public:
  // Borrows the recordings.
  HostileInputs(std::vector<const Recording*> recordings, std::uint64_t seed);

  // Always a device of the configuration, and for a message a topic that the device may be heard
  // on: the gateway lets nothing else through.
  PluginInput next();
  // A recorded input as it is, one after the other, round and round.
  PluginInput next_recorded();

  // A timer that the plugin has set; one of them may come back from next().
  void timer_set(const std::string& device, const std::string& name);

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  const PluginInput& recorded();
  std::string topic(const std::string& device, const std::string& usual);
  std::string payload(const std::string& usual);
  std::string mutated(std::string payload);
  std::string mutated_json(const std::string& payload);
  std::string noise(std::size_t size);

  std::vector<const Recording*> recordings_;
  std::vector<const PluginInput*> inputs_;
  std::vector<std::pair<std::string, std::string>> timers_;
  std::size_t turn_ = 0;
  std::mt19937_64 random_;
};

}  // namespace xiaogate::kit
