// Any sensor that ChirpStack itself decodes, by a codec in its device profile.
#include <algorithm>

#include "codec.h"

Codec make_generic(const nlohmann::json& options) {
  const nlohmann::json::json_pointer pointer(options.at("pointer").get<std::string>());
  return [pointer, occupied = options.at("occupied"), free = options.at("free")](const Uplink& up) {
    Told told;
    if (!up.object.contains(pointer)) return told;
    const auto& value = up.object.at(pointer);
    const auto among = [&](const nlohmann::json& values) {
      return std::ranges::find(values, value) != values.end();
    };
    told.state = among(occupied) ? "occupied" : among(free) ? "free" : "unknown";
    return told;
  };
}
