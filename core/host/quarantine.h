// Inputs that a plugin is not given again. plugin_host.h has the rule.
#pragma once

#include <cstddef>
#include <deque>

#include "model/plugin.h"
#include "model/record.h"

namespace xiaogate::host {

// SHA-256 of everything that makes an input the same input.
Digest fingerprint(const PluginInput& input);

class Quarantine {
 public:
  // How many are remembered; beyond that the oldest is forgotten, and may then fail twice more.
  static constexpr std::size_t kMostSuspects = 64;
  static constexpr std::size_t kMostHeld = 256;

  // Costs nothing as long as none is held.
  bool holds(const PluginInput& input) const;
  // The process ended over this input. True when it is held from now on.
  bool ended_by(const PluginInput& input);
  std::size_t size() const { return held_.size(); }
  void clear();

 private:
  std::deque<Digest> suspects_;  // ended it once
  std::deque<Digest> held_;
};

}  // namespace xiaogate::host
