// sim-parking: a parking sensor behind a ChirpStack, on a broker.
#include "parking_bay/parking_sensor.h"
#include "process/options.h"
#include "simulator/simulator.h"

int main(int argc, char** argv) {
  using namespace xiaogate;
  devices::SimulatorOptions simulator{.program = "sim-parking"};
  devices::ParkingOptions options;
  std::int64_t heartbeat_ms = 0;
  return process::run_program(
      {.name = "sim-parking",
       .help =
           "A parking sensor behind a ChirpStack v4, simulated on an MQTT broker. Orders, one a "
           "line: occupy, free, heartbeat, low-battery, duplicate, out-of-order, silence on|off; "
           "wait MS, offline, online, reboot [MS], duplicate on|off, delay MS, quit.",
       .options = devices::simulator_options(
           simulator,
           {{.names = "--codec",
             .target = &options.codec,
             .help = "Which sensor it is.",
             .choices = {"tps110", "lw009", "generic"}},
            {"--application", &options.application, "Id of the application in ChirpStack."},
            {"--dev-eui", &options.dev_eui, "The sensor's DevEUI."},
            {.names = "--heartbeat-ms",
             .target = &heartbeat_ms,
             .help = "Milliseconds between two heartbeats; 0: only when ordered.",
             .least = 0,
             .most = 86'400'000}}),
       .run =
           [&] {
             options.heartbeat = Millis(heartbeat_ms);
             devices::ParkingSensor sensor(options);
             return devices::simulate(sensor, simulator);
           }},
      "1.0.0", argc, argv);
}
