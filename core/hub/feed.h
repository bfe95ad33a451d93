// What the hub says of credentials: batches as they happen, pages for who missed some.
// The payloads are docs/hub-link.md; site::FeedFollower reads them. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/json.h"
#include "model/record.h"
#include "model/result.h"

namespace xiaogate::hub {

// Changes in one page. One change is at most about 500 octets (Register sees to it), so a page is
// below 100 KiB of the 128 KiB that a message may have.
inline constexpr std::size_t kPageChanges = 200;

// Where the feed stands after a batch; its hash is the SHA-256 of the batch's payload.
struct FeedHead {
  std::uint64_t seq = 0;  // 0: no batch yet
  Digest hash{};
};

struct PagePlace {
  std::uint64_t index = 0;
  std::uint64_t of = 1;
};

// The payload of the batch that follows `head`.
std::string batch_payload(std::string_view region, const FeedHead& head, Json changes);
// The payload of one page of the way to `upto`.
std::string page_payload(std::string_view region, const FeedHead& upto, PagePlace place,
                         Json changes);

// {"region", "from"} of a pull. Error "pull.malformed".
struct Pull {
  std::string region;
  std::uint64_t from = 0;
};
Result<Pull> parse_pull(std::string_view payload);

}  // namespace xiaogate::hub
