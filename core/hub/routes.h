// The hub's admin door: requests on HTTP threads become questions to the hub's thread.
#pragma once

#include <vector>

#include "api/http_server.h"
#include "hub/input.h"

namespace xiaogate::hub {

// How long a request waits for its turn; then it is answered 503, and may still take effect.
inline constexpr Millis kAnswerPatience{10'000};

// Borrows the inbox. A handler waits until its question is answered.
std::vector<api::Route> hub_routes(Inbox& inbox);

}  // namespace xiaogate::hub
