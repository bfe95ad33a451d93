// A request to a program's admin socket, and its answer as JSON.
#pragma once

#include <chrono>
#include <string>

#include "model/json.h"
#include "model/result.h"

namespace xiaogate::cli {

// Errors: those of api/http_client.h; "admin.refused" with the server's own sentence for an answer
// of 400 and more; "admin.malformed" for an answer that is no JSON object.
Result<Json> admin_call(const std::string& socket, const std::string& method,
                        const std::string& target, const std::string& body = "",
                        std::chrono::milliseconds timeout = std::chrono::seconds(10));

// The member as text: strings as they are, everything else as JSON; "?" when it is not there.
std::string shown(const Json& object, const char* member);

}  // namespace xiaogate::cli
