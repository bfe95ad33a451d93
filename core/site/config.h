// The site's configuration, parsed into values that cannot hold nonsense.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "access/policy.h"
#include "model/json.h"
#include "model/plugin.h"
#include "model/time.h"
#include "site/cabinet_config.h"

namespace xiaogate::site {

// One thing on the site that speaks MQTT through a plugin.
struct Device {
  std::string id;
  std::string plugin;
  OfferedInterfaces interfaces;        // Thing Models that its plugin implements
  std::string options;                 // JSON object, valid by the plugin's schema
  std::vector<std::string> subscribe;  // topic filters it may be heard on
  std::vector<std::string> publish;    // topic filters it may be sent to

  bool is(const std::string& interface) const { return interfaces.contains(interface); }
  // Whether its plugin implements the interface, with this optional affordance of it.
  bool offers(const std::string& interface, const std::string& affordance) const;
};

// A reader and the gate that it opens.
struct AccessPoint {
  access::AccessPoint rules;
  std::string name_en;
  std::string name_zh;
  std::string reader;     // device id
  std::string gate;       // device id
  Millis open_ttl{3000};  // an opening not sent by then is dropped
  // The usual times of access control (ONVIF door control, what controllers come with).
  Millis pulse{5'000};           // for how long the gate opens at one opening, as set at the device
  Millis take_time{15'000};      // within which the door of an opening is waited for to be used
  Millis open_too_long{30'000};  // a door that is open for longer raises an alarm
  // Held open while its reader cannot let anybody in: for longer than `fail_grace`, or parked.
  bool fail_safe = false;
  Millis fail_grace{60'000};

  static constexpr Millis kLongestTtl{30'000};
};

// A part of the site that riders are counted in, and that a fire alarm opens and a lock-down closes
// as a whole.
struct Area {
  std::string id;
  std::string name_en;
  std::string name_zh;
  std::vector<std::string> access_points;  // ids
  std::vector<std::string> gates;          // device ids: those of its access points, each once
  std::vector<std::string> fire_inputs;    // device ids; one of them active is a fire
  access::AreaRules rules = {};
};

// One parking bay and the sensor that watches it.
struct Bay {
  std::string id;
  std::string name_en;
  std::string name_zh;
  std::string sensor;  // device id
  std::string area;    // id, or empty
  // How often the sensor is heard at least; a Bosch TPS110 sends its heartbeat once a day.
  Millis heartbeat{std::chrono::hours(24)};
  access::TimeWindow hours{.days = 0x7F, .from = 9 * 60, .to = 20 * 60};  // when it is riders'
};

struct SiteConfig {
  std::string gateway;  // "gw-" + 16 hex digits
  std::string region;
  std::string device_broker;  // mqtt://host:port
  std::string hub_broker;     // mqtt://host:port; empty: the site runs without a hub
  access::AccessPolicy policy;
  std::map<std::string, Device> devices;
  std::vector<AccessPoint> access_points;
  std::vector<Area> areas;
  std::vector<Cabinet> cabinets;
  // Whether plugin packages run that no vendor of the trust list has signed.
  bool development_plugins = false;
  std::vector<Bay> bays;
};

// What the configuration needs to know of the plugins that are installed.
class PluginCatalogue {
 public:
  struct Fit {
    std::string options;  // completed by the schema's defaults
    OfferedInterfaces interfaces;
    std::vector<std::string> subscribe;
    std::vector<std::string> publish;
  };

  virtual ~PluginCatalogue() = default;
  virtual std::vector<std::string> names() const = 0;
  // How `plugin` (one of names()) drives a device with these options. `faults` gets one entry a
  // fault, "<pointer below the options>: <what>"; the result counts only when none was added.
  virtual Fit fit(const std::string& plugin, const std::string& device, const Json& options,
                  std::vector<std::string>& faults) const = 0;
};

// The TZif file of a time zone by its name in the IANA data ("Asia/Shanghai"). Asked while a
// configuration is parsed and never again: the policy keeps the table.
using ZoneFiles = std::function<Result<std::string>(const std::string& name)>;

// Error "config.invalid": every fault, one a line, "<source>: <JSON pointer>: <what, and what there
// is instead>". docs/configuration.md shows the document.
Result<SiteConfig> parse_site_config(std::string_view text, const std::string& source,
                                     const PluginCatalogue& plugins, const ZoneFiles& zones);

}  // namespace xiaogate::site
