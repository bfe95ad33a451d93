// sim-gate: a gate on a broker, driven by one of the relays that a plugin knows.
#include <memory>
#include <string>

#include "gate/native_gate_device.h"
#include "gate/shelly_device.h"
#include "gate/tasmota_device.h"
#include "process/options.h"
#include "simulator/simulator.h"

namespace {

using namespace xiaogate::devices;

struct Settings {
  SimulatorOptions simulator{.program = "sim-gate"};
  std::string product = "shelly";
  std::string topic = "shellypro1-000000000001";
  std::string device = "gate-1";
  std::int64_t pulse_ms = 1000;
  bool passers = false;
};

std::unique_ptr<GateDevice> make_gate(const Settings& settings) {
  if (settings.product == "tasmota") return std::make_unique<TasmotaDevice>(settings.topic);
  if (settings.product == "native") {
    return std::make_unique<NativeGateDevice>(settings.device, xiaogate::Millis(settings.pulse_ms));
  }
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
             .choices = {"shelly", "tasmota", "native"}},
            {"--topic", &settings.topic, "shelly, tasmota: the device's own MQTT topic."},
            {"--device", &settings.device, "native: the device's id at the gateway."},
            {.names = "--pulse-ms",
             .target = &settings.pulse_ms,
             .help = "native: milliseconds for which an opening lasts.",
             .least = 1,
             .most = 60000},
            {"--passers", &settings.passers, "After each opening somebody goes through."}}),
       .run = [&] { return run(settings); }},
      "1.0.0", argc, argv);
}
