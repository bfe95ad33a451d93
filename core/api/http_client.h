// One HTTP request over a Unix domain socket.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "api/http.h"

namespace xiaogate::api {

// Blocks until the whole answer is there, at most `timeout` for each wait on the socket. Any HTTP
// status is a Response. `target` is path and query, percent-encoded.
// Errors: "api.missing" (no such socket), "api.refused" (nobody listens), "api.unreadable" (no
// permission), "api.failed" (the answer did not come or is no HTTP).
Result<Response> http_call(const std::filesystem::path& socket, const std::string& method,
                           const std::string& target, const std::string& body = "",
                           std::chrono::milliseconds timeout = std::chrono::seconds(10));

}  // namespace xiaogate::api
