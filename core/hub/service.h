// The hub with its doors: the broker, the admin socket, and the loop that owns the database.
#pragma once

#include <filesystem>
#include <string>

#include "model/result.h"
#include "process/signals.h"

namespace xiaogate::hub {

struct ServiceOptions {
  std::filesystem::path directory;  // made by init_hub()
  std::string broker;               // mqtt://127.0.0.1:PORT
  std::filesystem::path socket;     // empty: <directory>/hub.sock
};

// Serves on the calling thread until a stop signal comes. A broker that is absent is waited for.
// Errors: what keeps it from starting.
Result<void> serve(const ServiceOptions& options, process::StopSignals& stop);

}  // namespace xiaogate::hub
