// A plugin folder's manifest.json: what the plugin is, what it may hear and say, what its devices'
// options look like.
//
//   {
//     "name": "shelly",                          a name (model/id.h); also the folder's name
//     "version": "1.0.0",                        as in the library's descriptor
//     "abi": 1,                                  XG_ABI_VERSION of xiaogate/plugin.h
//     "vendor": "...",
//     "interfaces": {"gate": ["door"]},          Thing Models of devices/ that its devices
//                                                implement, each with those of its optional
//                                                affordances (tm:optional) that they offer
//     "topics": {"subscribe": ["{prefix}/online", ...], "publish": ["{prefix}/rpc"]},
//                                                patterns; model/device_topics.h tells how they are
//                                                filled in
//     "options": { ... },                        JSON Schema (draft 7) of one device's options: an
//                                                object; give each a description, and a default
//     "quotas": {"memory_mib": 64},              of its process; 16 to 256, this is the default
//     "library": "libxiaogate_shelly.so"         beside the manifest; this is the default
//   }
//
// config/schema/plugin/manifest.schema.json says the same to editors and to vendors' own tools.
//
// Every function is a pure reading of its arguments (and of the one file) and may be called on any
// thread.
#pragma once

#include <filesystem>

#include "model/json.h"
#include "model/plugin.h"
#include "model/result.h"

namespace xiaogate::host {

// Reads `folder`/manifest.json, strictly: an unknown member is a fault, and all faults are told at
// once, each with its JSON pointer. Errors: "plugin.missing" (no such file), "plugin.invalid".
// The library is not opened; plugin_library.h does that.
Result<PluginManifest> load_manifest(const std::filesystem::path& folder);

// Checks one device's options against the manifest's schema and returns them completed by the
// defaults of their top-level properties: what the plugin, and model/device_topics.h, are given.
// Error "config.invalid": every fault, one a line, "<JSON pointer inside options>: <what>".
Result<Json> check_options(const PluginManifest& manifest, const Json& options);

}  // namespace xiaogate::host
