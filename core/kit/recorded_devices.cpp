#include "kit/recorded_devices.h"

#include <sstream>

#include "host/manifest.h"
#include "model/bytes.h"
#include "model/faults.h"
#include "model/id.h"

namespace xiaogate::kit {
namespace {

class Reader {
 public:
  explicit Reader(const PluginManifest& manifest) : manifest_(manifest) {}

  void document(const Json& json) {
    const auto devices = json.find("devices");
    if (devices == json.end() || devices->empty() ||
        !(devices->is_object() || devices->is_array())) {
      return fault("/devices",
                   "must hold devices: {\"<id>\": {options}}, or a site's list of them");
    }
    if (devices->is_object()) {
      for (const auto& [id, options] : devices->items()) device("/devices/" + id, id, options);
    } else {
      site(*devices);
    }
    if (const auto broker = json.find("device_broker"); broker != json.end()) {
      if (!broker->is_string()) return fault("/device_broker", "must be a text");
      read_.broker = broker->get<std::string>();
    }
  }

  const Faults& faults() const { return faults_; }
  RecordedDevices read() && { return std::move(read_); }

 private:
  void fault(const std::string& pointer, const std::string& what) {
    faults_.push_back(pointer + ": " + what);
  }

  void site(const Json& devices) {
    for (std::size_t i = 0; i < devices.size(); ++i) {
      const Json& one = devices[i];
      if (!one.is_object() || one.value("plugin", Json()) != manifest_.name) continue;
      const std::string pointer = "/devices/" + std::to_string(i);
      const auto id = one.find("id");
      if (id == one.end() || !id->is_string()) {
        fault(pointer + "/id", "must be a text");
        continue;
      }
      device(pointer + "/options", id->get<std::string>(), one.value("options", Json::object()));
    }
    if (read_.options.empty() && faults_.empty()) {
      fault("/devices", "none of them is of plugin " + manifest_.name);
    }
  }

  void device(const std::string& pointer, const std::string& id, const Json& options) {
    if (!is_name(id)) {
      return fault(pointer, "a device's id is 1 to 32 of a-z, 0-9, '-' and '_', not '" +
                                printable(id, 40) + "'");
    }
    const auto completed = host::check_options(manifest_, options);
    if (!completed) {
      std::istringstream lines(completed.error().text);
      for (std::string each; std::getline(lines, each);) faults_.push_back(pointer + each);
      return;
    }
    auto topics = topics_of(manifest_, id, *completed);
    if (!topics) return fault(pointer, topics.error().text);
    read_.options[id] = options;
    read_.completed[id] = *completed;
    read_.topics[id] = std::move(*topics);
  }

  const PluginManifest& manifest_;
  Faults faults_;
  RecordedDevices read_;
};

}  // namespace

std::string RecordedDevices::config() const {
  return canonical({{"devices", completed}});
}

Result<RecordedDevices> parse_recorded_devices(std::string_view text, const std::string& source,
                                               const PluginManifest& manifest) {
  const auto json = parse_json(text);
  if (!json) return failure("config.invalid", source + ": " + json.error().text);
  if (!json->is_object()) return failure("config.invalid", source + ": must be a JSON object");
  Reader reader(manifest);
  reader.document(*json);
  if (!reader.faults().empty()) return failure("config.invalid", told(reader.faults(), source));
  return std::move(reader).read();
}

}  // namespace xiaogate::kit
