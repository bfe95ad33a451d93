// What the admin socket answers (docs/operations.md).
#pragma once

#include <string>
#include <vector>

#include "api/http_server.h"
#include "gateway/desk.h"
#include "gateway/plugin_store.h"

namespace xiaogate::gateway {

// Borrows the desk and the store; `plugins` is the directory of plugin folders. The handlers run on
// the server's threads.
std::vector<api::Route> api_routes(Desk& desk, const PluginStore& store,
                                   const std::string& plugins);

// POST /v1/plugins: a package is verified, unpacked beside what runs, and takes over. What does not
// is taken away again, and the gateway goes on as it was.
Result<Json> install(Desk& desk, const PluginStore& store, std::string_view package);

}  // namespace xiaogate::gateway
