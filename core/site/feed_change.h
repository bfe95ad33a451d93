// One change of the credential feed, as JSON.
#pragma once

#include <string_view>
#include <vector>

#include "model/credential.h"
#include "model/json.h"

namespace xiaogate::site {

// The changes of a batch or page: [{"id", "op": "put|revoke|suspend|restore", ...}]; a put carries
// "sub", "key" (COSE_Key in hex), "nbf", "exp", "scope" and, when it is not active, "status".
// Error "feed.malformed" names the first faulty change.
Result<std::vector<FeedChange>> parse_feed_changes(const Json& changes);

// The same, written: for the hub.
Json feed_change_json(const FeedChange& change, std::string_view op);

}  // namespace xiaogate::site
