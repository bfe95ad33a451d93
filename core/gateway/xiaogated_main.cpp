// xiaogated: the gateway daemon.

#include <csignal>
#include <sstream>
#include <string>

#include <sys/stat.h>

#include "gateway/gateway.h"
#include "process/exit_code.h"
#include "process/logging.h"
#include "process/options.h"
#include "process/signals.h"

namespace {

using namespace xiaogate;

// One line a fault.
int fail(const Error& error) {
  std::istringstream lines(error.text);
  for (std::string line; std::getline(lines, line);) process::log_error(line);
  return process::kExitFailed;
}

int serve(const gateway::GatewayOptions& options, process::LogLevel level) {
  umask(S_IRWXG | S_IRWXO);       // the journal is nobody else's business
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a full disk, which is survived
  process::start_logging("xiaogated", level);
  auto signals = process::StopSignals::block();
  if (!signals) return fail(signals.error());
  auto gateway = gateway::Gateway::create(options);
  if (!gateway) return fail(gateway.error());
  if (auto ran = (*gateway)->run(signals->descriptor()); !ran) return fail(ran.error());
  return process::kExitOk;
}

}  // namespace

int main(int argc, char** argv) {
  gateway::GatewayOptions options{.config = "/etc/xiaogate/site.json",
                                  .trust = "/etc/xiaogate/trust.json",
                                  .data = "/var/lib/xiaogate",
                                  .plugins = "/usr/lib/xiaogate/plugins",
                                  .runner = "/usr/lib/xiaogate/xiaogate-plugin-host",
                                  .socket = ""};
  auto level = process::LogLevel::info;
  return process::run_program(
      {.name = "xiaogated",
       .help = "Opens the gate for riders, hub or no hub.",
       .options = {{"--config,-c", &options.config, "The site's configuration file."},
                   {"--trust", &options.trust, "The trust list: whose signatures count."},
                   {"--data", &options.data, "Directory of the journal and the credential cache."},
                   {"--plugins", &options.plugins, "Directory with one folder for each plugin."},
                   {"--runner", &options.runner, "The program that runs a plugin."},
                   {"--socket", &options.socket,
                    "The admin socket; by default xiaogated.sock in the data directory."},
                   {"--log-level", &level, "What the log shows."}},
       .run = [&] { return serve(options, level); }},
      gateway::kVersion, argc, argv);
}
