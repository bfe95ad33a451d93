#include "site/config.h"

#include <algorithm>

#include "model/faults.h"
#include "model/id.h"
#include "site/access_point_config.h"
#include "site/area_config.h"
#include "site/bay_config.h"
#include "site/policy_config.h"
#include "site/references.h"

namespace xiaogate::site {
namespace {

std::string read_broker(JsonReader& in, const char* member, bool required) {
  std::string url = required ? in.text(member) : in.text_or(member, "");
  if (!url.empty() && !url.starts_with("mqtt://")) {
    in.fault(member, "must be like mqtt://127.0.0.1:1883, not '" + printable(url, 60) + "'");
  }
  return url;
}

class DeviceReader {
 public:
  DeviceReader(const PluginCatalogue& plugins, Faults& faults)
      : plugins_(plugins), faults_(faults) {}

  void device(const Json& json, const std::string& pointer) {
    JsonReader in(json, pointer, faults_);
    Device device;
    device.id = read_name(in, "id");
    device.plugin = in.text("plugin");
    const Json& options = in.object_or_empty("options");
    in.finish();
    fit(device, options, in);
    // Kept though it may be faulty, so that what refers to it is not called wrong as well.
    const std::string id = device.id;
    if (!devices_.emplace(id, std::move(device)).second) {
      in.fault("id", "'" + id + "' is used twice");
    }
  }

  std::map<std::string, Device>& devices() { return devices_; }

 private:
  // Completes the device by what its plugin says of it; nothing when there is a fault.
  void fit(Device& device, const Json& options, JsonReader& in) {
    const auto installed = plugins_.names();
    if (std::ranges::find(installed, device.plugin) == installed.end()) {
      in.fault("plugin", "no plugin '" + printable(device.plugin, 40) +
                             "'; plugins here: " + joined(installed));
      return;
    }
    std::vector<std::string> option_faults;
    auto fit = plugins_.fit(device.plugin, device.id, options, option_faults);
    for (const auto& fault : option_faults) faults_.push_back(in.at("options") + fault);
    device.options = std::move(fit.options);
    device.interfaces = std::move(fit.interfaces);
    device.subscribe = std::move(fit.subscribe);
    device.publish = std::move(fit.publish);
  }

  const PluginCatalogue& plugins_;
  Faults& faults_;
  std::map<std::string, Device> devices_;
};

}  // namespace

bool Device::offers(const std::string& interface, const std::string& affordance) const {
  const auto found = interfaces.find(interface);
  return found != interfaces.end() &&
         std::ranges::find(found->second, affordance) != found->second.end();
}

Result<SiteConfig> parse_site_config(std::string_view text, const std::string& source,
                                     const PluginCatalogue& plugins, const ZoneFiles& zones) {
  const auto json = parse_json(text);
  if (!json) return failure("config.invalid", source + ": " + json.error().text);
  Faults faults;
  JsonReader in(*json, "", faults);
  SiteConfig config;
  config.gateway = in.text("gateway");
  if (!config.gateway.empty() && !is_gateway_id(config.gateway)) {
    in.fault("gateway", "must be 'gw-' and 16 lower-case hexadecimal digits");
  }
  config.region = read_name(in, "region");
  config.device_broker = read_broker(in, "device_broker", true);
  config.hub_broker = read_broker(in, "hub_broker", false);
  config.development_plugins = in.boolean_or("development_plugins", false);
  config.policy = read_policy(in.object_or_empty("policy"), in.at("policy"), zones, faults);
  DeviceReader reader(plugins, faults);
  const Json& devices = in.array("devices");
  for (std::size_t i = 0; i < devices.size(); ++i) {
    reader.device(devices[i], in.at("devices") + "/" + std::to_string(i));
  }
  config.devices = std::move(reader.devices());
  config.access_points = read_access_points(in.array("access_points"), in.at("access_points"),
                                            config.devices, config.policy, faults);
  config.areas = read_areas(in.array_or_empty("areas"), in.at("areas"), config.devices,
                            config.access_points, faults);
  config.cabinets = read_cabinets(in.array_or_empty("cabinets"), in.at("cabinets"), config.devices,
                                  config.access_points, config.policy, faults);
  config.bays =
      read_bays(in.array_or_empty("bays"), in.at("bays"), config.devices, config.areas, faults);
  check_profile_areas(config.policy, in.at("policy"), config.areas, faults);
  apply_area_rules(config);
  in.finish();
  if (!faults.empty()) return failure("config.invalid", told(faults, source));
  return config;
}

}  // namespace xiaogate::site
