// Everything that can happen to a site, as values.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "model/plugin.h"
#include "model/time.h"

namespace xiaogate::site {

// A message on the device link.
struct DeviceMessage {
  std::string topic;
  std::string payload;
};

struct DeviceLinkChanged {
  bool up = false;
};

struct HubLinkChanged {
  bool up = false;
};

// A message on the hub link. `leaf` is the topic below xg/1/{gateway}/, or "feed" for the region's
// feed.
struct HubMessage {
  std::string leaf;
  std::string payload;
};

// A message that a link had to drop, because it was larger than allowed.
struct MessageDropped {
  bool from_hub = false;
  std::string topic;
  std::uint64_t size = 0;
};

struct PluginUp {
  std::string plugin;
};

// The plugin's process ended; its host starts it again.
struct PluginDown {
  std::string plugin;
  std::string reason;
};

// The plugin failed too often and stays down until a person starts it again or replaces it.
struct PluginParked {
  std::string plugin;
  std::string reason;
};

// Another version of the plugin has taken over.
struct PluginUpgraded {
  std::string plugin;
  std::string from;
  std::string to;
};

// Another version could not start; the one before goes on.
struct PluginUpgradeFailed {
  std::string plugin;
  std::string version;
  std::string reason;
};

// The input has ended its plugin's process twice and is not given to it again.
struct InputQuarantined {
  std::string plugin;
  std::string device;
  std::string name;       // the topic
  std::string digest;     // SHA-256 of the input, hexadecimal
  std::string beginning;  // first octets of its data, printable
};

// A call's answer. `effects` keep to the Thing Models of the plugin's manifest; what did not stands
// in `refused`.
struct CallReturned {
  std::string plugin;
  std::uint64_t id = 0;
  std::vector<PluginEffect> effects;
  std::vector<RefusedEffect> refused = {};
};

// A call that brought no effects; `reason` in the words of host::CallFault: "crashed", "overran",
// "not_understood", "expired", "overloaded", ...
struct CallFailed {
  std::string plugin;
  std::uint64_t id = 0;
  std::string device;
  std::string reason;
};

// The store had to give up its reserve, or has it again.
struct DiskFull {
  bool full = true;
};

// The credential cache could not be read; lookups meanwhile found nothing.
struct CacheFault {
  std::string reason;
};

// A person's order, given at the site. Answered by AnswerOrder once it is on record.
struct Order {
  enum class What { open, lock_down, release };
  std::uint64_t number = 0;  // by which the answer finds the one who asked
  What what = What::open;
  std::string target;  // open: an access point; otherwise an area, or empty for the whole site
  std::string by;      // who
  std::string reason;
};

// Time has passed; sent no later than Site::next_deadline().
struct Tick {};

using Input =
    std::variant<DeviceMessage, DeviceLinkChanged, HubLinkChanged, HubMessage, MessageDropped,
                 PluginUp, PluginDown, PluginParked, PluginUpgraded, PluginUpgradeFailed,
                 InputQuarantined, CallReturned, CallFailed, DiskFull, CacheFault, Order, Tick>;

// What devices and plugins told within this run of the gateway and will not tell again before it
// changes: for a site that is made anew after a failed commit.
struct Standing {
  std::map<std::string, bool> online;          // by device
  std::map<std::string, std::string> plugins;  // "up", "down", "parked"
  std::map<std::string, bool> alarm_inputs;    // by device: whether active
  std::map<std::uint64_t, std::string> calls;  // under way: number -> device
  std::map<std::string, bool> doors;           // by gate: whether open
  std::set<std::string> told_open;             // gates that were told to be held open
};

}  // namespace xiaogate::site
