// xiaogate rider: riders at the hub, and the demo phone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/output.h"
#include "model/time.h"

namespace xiaogate::cli {

struct NewRider {
  std::string hub;    // admin socket
  std::string phone;  // file, must not exist
  std::string algorithm = "ed25519";
  std::string subject;  // empty: the hub makes one up
  std::string scope = "rider.gate";
  std::int64_t valid_days = 30;
};

struct RiderChange {
  std::string hub;
  std::string id;     // a credential id, or empty and
  std::string phone;  // the file of the phone that has it
  std::string reason;
};

// All return the exit code.
int add_rider(const Output& output, const NewRider& rider);
// `operation`: "revoke", "suspend", "restore".
int change_rider(const Output& output, const RiderChange& change, const std::string& operation);
int list_riders(const Output& output, const std::string& hub);
// The code alone on one line, nothing after it.
int show_code(const Output& output, const std::string& phone, bool full, WallTime now);

}  // namespace xiaogate::cli
