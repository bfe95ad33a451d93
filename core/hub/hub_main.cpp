// xiaogate-hub: the reference hub.

#include <iostream>

#include <sys/stat.h>

#include "hub/hub.h"
#include "hub/service.h"
#include "process/exit_code.h"
#include "process/logging.h"
#include "process/options.h"
#include "process/signals.h"

namespace {

using namespace xiaogate;

int told(const Result<void>& done) {
  if (done) return process::kExitOk;
  std::cerr << "xiaogate-hub: " << done.error().text << "\n";
  return process::kExitFailed;
}

Algorithm algorithm_of(const std::string& name) {
  for (const Algorithm algorithm : {Algorithm::es256, Algorithm::sm2}) {
    if (to_string(algorithm) == name) return algorithm;
  }
  return Algorithm::ed25519;
}

int serve(const hub::ServiceOptions& options, process::LogLevel level) {
  umask(S_IRWXG | S_IRWXO);  // records and register are nobody else's business
  process::start_logging("xiaogate-hub", level);
  auto stop = process::StopSignals::block();
  if (!stop) return told(std::unexpected(stop.error()));
  return told(hub::serve(options, *stop));
}

}  // namespace

int main(int argc, char** argv) {
  std::string data;
  std::string region;
  std::string algorithm = "ed25519";
  std::string broker;
  std::string socket;
  process::LogLevel level = process::LogLevel::info;

  const process::Option data_option{"--data", &data,
                                    "The hub's directory: keys, database, trust list.", true};
  const process::Command program{
      .name = "xiaogate-hub",
      .help = "The reference hub: registers riders, feeds gateways, keeps their journals.",
      .commands = {
          {.name = "init",
           .help = "Makes a hub's directory with new keys; never touches one that is there.",
           .options = {data_option,
                       {"--region", &region, "The region that this hub serves.", true},
                       {"--alg",
                        &algorithm,
                        "Algorithm of the issuer's and the feed's key.",
                        false,
                        {"ed25519", "es256", "sm2"}}},
           .run = [&] { return told(hub::init_hub(data, region, algorithm_of(algorithm))); }},
          {.name = "serve",
           .help = "Serves until SIGTERM or SIGINT.",
           .options = {data_option,
                       {"--broker", &broker, "The hub's MQTT broker: mqtt://127.0.0.1:PORT.", true},
                       {"--socket", &socket,
                        "Unix socket of the admin interface; DATA/hub.sock when not given."},
                       {"--log-level", &level, "What the log shows."}},
           .run = [&] {
             return serve({.directory = data, .broker = broker, .socket = socket}, level);
           }}}};
  return process::run_program(program, XIAOGATE_VERSION, argc, argv);
}
