// A plugin host with real plugin processes, driven by this thread on a real clock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/plugin_host.h"

namespace xiaogate::host {

Instant now();

// Thing Models of the plugins in tests/host/plugins: one, `contrary`, that has what they do.
Interfaces test_interfaces();

// The plugin `name` of tests/host/plugins.
PluginManifest test_manifest(const std::string& name);

// The plugin contrary in version 2.0.0.
PluginManifest test_manifest_2();

// A configuration of one device, d1; contrary plugins look for "create:<how>" in it.
std::string test_config(const std::string& create = "behave");

class Harness {
 public:
  explicit Harness(HostOptions options = {});

  PluginHost& host() { return *host_; }
  // Makes a call for device d1 that never expires unless told.
  void call(const std::string& plugin, std::uint64_t id, const std::string& action,
            std::string data = "{}", MonoTime expires = MonoTime::max());
  // The same with a message of d1.
  void message(const std::string& plugin, std::uint64_t id, const std::string& topic,
               std::string data = "");
  // One service(); what its answers put is stored before the next.
  void serve();
  // Serves the host until `done`; false when that takes longer than a minute.
  bool run_until(const std::function<bool()>& done);

  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> found;
    for (const auto& event : events) {
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    }
    return found;
  }
  template <class Event>
  std::size_t count() const {
    return all<Event>().size();
  }

  std::vector<HostEvent> events;  // all that happened, in order
  PluginState state;              // what every plugin finds stored

 private:
  std::unique_ptr<PluginHost> host_;
};

}  // namespace xiaogate::host
