// sim-reader: a reader on a broker. Each line of orders is a scan, each answer a line of its log;
// it ends with the last answer.
#include <string>

#include "process/exit_code.h"
#include "process/logging.h"
#include "process/options.h"
#include "reader/reader_device.h"
#include "simulator/simulator.h"

namespace {

using namespace xiaogate::devices;
namespace process = xiaogate::process;

int run(const SimulatorOptions& simulator, const ReaderOptions& options) {
  if (const auto missing = ReaderDevice::missing(options); !missing.empty()) {
    process::log_error(missing);
    return process::kExitUsage;
  }
  ReaderDevice reader(options);
  return simulate(reader, simulator);
}

}  // namespace

int main(int argc, char** argv) {
  SimulatorOptions simulator{.program = "sim-reader", .ends_with_orders = true};
  ReaderOptions options;
  return process::run_program(
      {.name = "sim-reader",
       .help = "A reader, simulated on an MQTT broker: each line of orders is a scan. Other "
               "orders: admit TEXT, "
               "wait MS, offline, online, reboot [MS], lose-will, duplicate on|off, delay MS, "
               "slow MS, deaf on|off, quit.",
       .options = simulator_options(
           simulator,
           {{.names = "--protocol",
             .target = &options.protocol,
             .help = "What the reader speaks.",
             .choices = {"generic", "vbar", "native"}},
            {"--topic", &options.topic, "generic: topic of the scans."},
            {"--feedback-topic", &options.feedback_topic, "generic: topic of the answers."},
            {"--serial", &options.serial, "vbar: the terminal's serial number."},
            {"--device", &options.device, "native: the device's id at the gateway."}}),
       .run = [&] { return run(simulator, options); }},
      "1.0.0", argc, argv);
}
