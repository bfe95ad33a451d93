// sim-gate: a gate on a broker, driven by one of the relays that a plugin knows.
#include <memory>
#include <string>

#include "gate/shelly_device.h"
#include "process/options.h"
#include "simulator/simulator.h"

namespace {

using namespace xiaogate::devices;

struct Settings {
  SimulatorOptions simulator{.program = "sim-gate"};
  std::string product = "shelly";
  std::string topic = "shellypro1-000000000001";
  bool passers = false;
};

std::unique_ptr<GateDevice> make_gate(const Settings& settings) {
  return std::make_unique<ShellyDevice>(settings.topic);
}

int run(const Settings& settings) {
  const auto gate = make_gate(settings);
  gate->let_pass(settings.passers);
  return simulate(*gate, settings.simulator);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  return xiaogate::process::run_program(
      {.name = "sim-gate",
       .help = "A gate, simulated on an MQTT broker. Orders, one a line: door open|close, force, "
               "stuck on|off, exit, passers on|off; wait MS, offline, online, reboot [MS], "
               "lose-will, duplicate on|off, delay MS, slow MS, deaf on|off, quit.",
       .options = simulator_options(
           settings.simulator,
           {{.names = "--product",
             .target = &settings.product,
             .help = "What drives the gate.",
             .choices = {"shelly"}},
            {"--topic", &settings.topic, "shelly: the device's MQTT prefix."},
            {"--passers", &settings.passers, "After each opening somebody goes through."}}),
       .run = [&] { return run(settings); }},
      "1.0.0", argc, argv);
}
