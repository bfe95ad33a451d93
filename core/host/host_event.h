// What the plugin host tells its caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/plugin.h"
#include "model/time.h"

namespace xiaogate::host {

// Why a call has no effects.
enum class CallFault : std::uint8_t {
  not_understood,  // the plugin said so
  crashed,         // its process ended during the call
  overran,         // no answer within the deadline
  protocol,        // its process broke the wire's rules
  expired,         // its time was over before the plugin was sent it
  overloaded,      // the plugin's queue was full
  too_large,       // the input does not fit into a frame (wire.h)
  unknown_plugin,  // nobody added a plugin of this name
  no_such_action,  // the plugin's manifest does not offer the command's action
  invalid_action,  // the command's input breaks the action's Thing Model
  quarantined,     // the same input has ended the plugin's process twice
  parked           // the plugin failed too often and stays down
};

// "not_understood", "crashed", ...: as it stands in records.
std::string_view to_string(CallFault fault);

// The plugin's process is ready for calls.
struct PluginUp {
  std::string plugin;
  std::string held_by;  // what of the sandbox (sandbox.h) holds it here; for the log
};
struct CallReturned {
  std::string plugin;
  std::uint64_t call = 0;
  std::vector<PluginEffect> effects;  // events in it keep to the manifest's Thing Models
  std::vector<RefusedEffect> refused;
};
struct CallFailed {
  std::string plugin;
  std::uint64_t call = 0;
  std::string device;
  CallFault fault = CallFault::crashed;
};
// The plugin's process has ended; calls wait until it is up again.
struct PluginDown {
  std::string plugin;
  std::string reason;  // a sentence for the log
  Millis restart_in{0};
};
// As PluginDown, but the plugin stays down.
struct PluginParked {
  std::string plugin;
  std::string reason;
};
// The new version is up, and calls go to it.
struct PluginUpgraded {
  std::string plugin;
  std::string from;  // versions
  std::string to;
};
// The version before goes on as it was.
struct PluginUpgradeFailed {
  std::string plugin;
  std::string version;
  std::string reason;
};
// Told once, after the failure that the input caused for the second time.
struct InputQuarantined {
  std::string plugin;
  std::string device;
  std::string name;       // the topic
  std::string digest;     // SHA-256 of all of the input, hexadecimal
  std::string beginning;  // first octets of its data, printable
};

using HostEvent = std::variant<PluginUp, CallReturned, CallFailed, PluginDown, PluginParked,
                               PluginUpgraded, PluginUpgradeFailed, InputQuarantined>;

}  // namespace xiaogate::host
