// The manifest of a plugin that the kit's unit tests read texts for.
#pragma once

#include "model/plugin.h"

namespace xiaogate::kit {

inline PluginManifest relay() {
  PluginManifest manifest;
  manifest.name = "relay";
  manifest.subscribe = {"{topic}/answer"};
  manifest.publish = {"{topic}/command"};
  manifest.options_schema =
      R"({"type":"object","required":["topic"],"additionalProperties":false,)"
      R"("properties":{"topic":{"type":"string"},"pulse":{"type":"integer","default":1}}})";
  return manifest;
}

}  // namespace xiaogate::kit
