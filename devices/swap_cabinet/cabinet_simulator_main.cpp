// sim-cabinet: a battery-swap cabinet on a broker, in one of the protocols that a plugin knows.
#include <memory>
#include <string>

#include "process/options.h"
#include "simulator/simulator.h"
#include "swap_cabinet/china_tower_device.h"
#include "swap_cabinet/native_cabinet_device.h"

namespace {

using namespace xiaogate::devices;

struct Settings {
  SimulatorOptions simulator{.program = "sim-cabinet"};
  std::string protocol = "native";
  std::string device = "cab-1";
  std::int64_t slots = 8;
};

int run(const Settings& settings) {
  const int slots = static_cast<int>(settings.slots);
  std::unique_ptr<CabinetDevice> cabinet;
  if (settings.protocol == "china-tower") {
    cabinet = std::make_unique<ChinaTowerDevice>(settings.device, slots);
  } else {
    cabinet = std::make_unique<NativeCabinetDevice>(settings.device, slots);
  }
  return simulate(*cabinet, settings.simulator);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  return xiaogate::process::run_program(
      {.name = "sim-cabinet",
       .help = "A battery-swap cabinet, simulated on an MQTT broker. Orders, one a line: insert "
               "BATTERY SLOT [PERCENT], take SLOT, close SLOT, rider BATTERY, smoke on|off, heat "
               "SLOT CELSIUS, jam SLOT on|off, fault SLOT on|off; wait MS, offline, online, reboot "
               "[MS], lose-will, duplicate on|off, delay MS, slow MS, deaf on|off, quit.",
       .options = simulator_options(
           settings.simulator,
           {{.names = "--protocol",
             .target = &settings.protocol,
             .help = "What it speaks.",
             .choices = {"native", "china-tower"}},
            {"--device", &settings.device, "The device's id at the gateway, or its devId."},
            {.names = "--slots",
             .target = &settings.slots,
             .help = "How many slots it has.",
             .least = 2,
             .most = 16}}),
       .run = [&] { return run(settings); }},
      "1.0.0", argc, argv);
}
