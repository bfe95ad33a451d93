// What a sensor's uplink says. Each codec is one file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

struct Uplink {
  int port = 0;
  std::vector<std::uint8_t> data;
  nlohmann::json object;  // as ChirpStack decoded it; null when it has no codec
};

struct Fault {
  std::string kind;  // as the Thing Model's event `fault` has it
  std::string message;
};

// Absent: the uplink does not say.
struct Told {
  std::optional<std::string> state;  // "free", "occupied", "unknown"
  nlohmann::json battery;            // as the Thing Model's property, or null
  std::optional<double> celsius;
  std::optional<Fault> fault;
  bool restarted = false;  // the sensor's frame counter may have begun anew
};

// Throws when the uplink is not what such a sensor sends.
using Codec = std::function<Told(const Uplink&)>;

Told decode_tps110(const Uplink& uplink);
Told decode_lw009(const Uplink& uplink);
// From the options `pointer`, `occupied` and `free`.
Codec make_generic(const nlohmann::json& options);

inline std::string state_name(bool occupied) {
  return occupied ? "occupied" : "free";
}
