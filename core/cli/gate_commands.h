// xiaogate gate: what a person orders at a running gateway.
#pragma once

#include <string>

#include "cli/output.h"

namespace xiaogate::cli {

struct GateOrder {
  std::string socket;  // admin socket of the gateway
  std::string target;  // open: an access point; otherwise an area, or empty for the whole site
  std::string by;      // empty: the user's login name
  std::string reason;
};

// All return the exit code; the order is on record and under way when they return.
int open_gate(const Output& output, const GateOrder& order);
int lock_down(const Output& output, const GateOrder& order);
int release_lock_down(const Output& output, const GateOrder& order);

}  // namespace xiaogate::cli
