#include "site/config.h"

#include <algorithm>

#include "model/id.h"
#include "site/faults.h"
#include "site/policy_config.h"

namespace xiaogate::site {
namespace {

template <class Range>
std::string joined(const Range& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

template <class Value>
std::vector<std::string> names_of(const std::map<std::string, Value>& values) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : values) names.push_back(name);
  return names;
}

std::string read_name(JsonReader& in, const char* member) {
  std::string name = in.text(member);
  if (!name.empty() && !is_name(name)) {
    in.fault(member, "must be 1 to 32 characters of a-z, 0-9, '-' and '_', not '" +
                         printable(name, 40) + "'");
  }
  return name;
}

std::string read_broker(JsonReader& in, const char* member, bool required) {
  std::string url = required ? in.text(member) : in.text_or(member, "");
  if (!url.empty() && !url.starts_with("mqtt://")) {
    in.fault(member, "must be like mqtt://127.0.0.1:1883, not '" + printable(url, 60) + "'");
  }
  return url;
}

class ConfigReader {
 public:
  ConfigReader(const PluginCatalogue& plugins, Faults& faults)
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

  void access_point(const Json& json, const std::string& pointer) {
    JsonReader in(json, pointer, faults_);
    AccessPoint point;
    point.rules.id = read_name(in, "id");
    point.name_en = in.text_or("name_en", point.rules.id);
    point.name_zh = in.text_or("name_zh", point.name_en);
    point.rules.closed = in.boolean_or("closed", false);
    point.reader = reference(in, "reader");
    point.gate = reference(in, "gate");
    point.open_ttl = Millis(in.integer_or("open_ttl_ms", 3000, 100, 30'000));
    const auto profiles = in.texts_or_empty("profiles");
    point.rules.profiles.insert(profiles.begin(), profiles.end());
    in.finish();
    for (const auto& other : points_) {
      if (other.rules.id == point.rules.id)
        in.fault("id", "'" + point.rules.id + "' is used twice");
      if (other.reader == point.reader && !point.reader.empty()) {
        in.fault("reader", "'" + point.reader + "' already reads for '" + other.rules.id + "'");
      }
    }
    points_.push_back(std::move(point));
  }

  std::map<std::string, Device>& devices() { return devices_; }
  std::vector<AccessPoint>& points() { return points_; }

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

  // The member's name is the interface that the device must have.
  std::string reference(JsonReader& in, const char* interface) {
    std::string id = in.text(interface);
    if (id.empty()) return id;
    const auto found = devices_.find(id);
    if (found == devices_.end()) {
      in.fault(interface, "no device '" + printable(id, 40) +
                              "'; devices here: " + joined(names_of(devices_)));
    } else if (!found->second.interfaces.empty() &&  // empty: its own fault is told already
               !found->second.interfaces.contains(interface)) {
      in.fault(interface, "device '" + id + "' is no " + interface + "; its plugin '" +
                              found->second.plugin +
                              "' implements: " + joined(names_of(found->second.interfaces)));
    }
    return id;
  }

  const PluginCatalogue& plugins_;
  Faults& faults_;
  std::map<std::string, Device> devices_;
  std::vector<AccessPoint> points_;
};

void check_profiles(const access::AccessPolicy& policy, const std::vector<AccessPoint>& points,
                    Faults& faults) {
  const auto known = names_of(policy.profiles);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (const auto& name : points[i].rules.profiles) {
      if (policy.profiles.contains(name)) continue;
      faults.push_back("/access_points/" + std::to_string(i) + "/profiles: no profile '" +
                       printable(name, 40) + "'; profiles in /policy/profiles: " + joined(known));
    }
  }
}

}  // namespace

Result<SiteConfig> parse_site_config(std::string_view text, const std::string& source,
                                     const PluginCatalogue& plugins) {
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
  config.policy = read_policy(in.object_or_empty("policy"), in.at("policy"), faults);
  ConfigReader reader(plugins, faults);
  const Json& devices = in.array("devices");
  for (std::size_t i = 0; i < devices.size(); ++i) {
    reader.device(devices[i], in.at("devices") + "/" + std::to_string(i));
  }
  const Json& points = in.array("access_points");
  for (std::size_t i = 0; i < points.size(); ++i) {
    reader.access_point(points[i], in.at("access_points") + "/" + std::to_string(i));
  }
  in.finish();
  check_profiles(config.policy, reader.points(), faults);
  if (!faults.empty()) return failure("config.invalid", told(faults, source));
  config.devices = std::move(reader.devices());
  config.access_points = std::move(reader.points());
  return config;
}

}  // namespace xiaogate::site
