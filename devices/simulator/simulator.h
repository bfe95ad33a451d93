// What every simulator shares: a simulated device on a broker, its timers, the log of what it did,
// and orders by hand or from a script.
//
// Orders, one a line; blank lines and those that begin with '#' are skipped:
//   wait MS           the next order comes so much later
//   offline           vanishes: its last will is published, as the broker would
//   online            comes back
//   reboot [MS]       vanishes, forgets, comes back after MS (500)
//   lose-will         vanishes without a last will from now on
//   duplicate on|off  everything it publishes goes out twice
//   delay MS          what it publishes goes out so much later
//   slow MS           what it is told takes effect so much later
//   deaf on|off       stays connected and hears nothing
//   quit              ends
// and those of its family. Orders begin once it is at the broker.
//
// The log is one JSON object a line: {"time_ms":1767225600000,"what":"relay_on",...}.
#pragma once

#include <string>
#include <vector>

#include "process/options.h"
#include "simulator/simulated_device.h"

namespace xiaogate::devices {

struct SimulatorOptions {
  std::string program;  // e.g. "sim-gate", for log and client id
  std::string broker = "mqtt://127.0.0.1:1883";
  std::string script = {};  // file of orders; empty: standard input
  std::string log = {};     // file that is appended to; empty: standard output
  // Ends when the orders do and the device is idle; otherwise goes on until a signal or `quit`.
  bool ends_with_orders = false;
};

// "--broker", "--script" and "--log", followed by `own`. Borrows `options` as Option does.
std::vector<process::Option> simulator_options(SimulatorOptions& options,
                                               std::vector<process::Option> own);

// Lets `device` live on the broker, all of it on the calling thread, and returns the program's exit
// code. An order of a script that is not understood ends it (1); one by hand is only told.
int simulate(SimulatedDevice& device, const SimulatorOptions& options);

}  // namespace xiaogate::devices
