// What the admin socket answers (docs/operations.md).
#pragma once

#include <string>
#include <vector>

#include "api/http_server.h"
#include "gateway/desk.h"

namespace xiaogate::gateway {

// Borrows the desk; `plugins` is the directory of plugin folders. The handlers run on the server's
// threads.
std::vector<api::Route> api_routes(Desk& desk, const std::string& plugins);

}  // namespace xiaogate::gateway
