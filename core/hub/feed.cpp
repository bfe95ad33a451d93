#include "hub/feed.h"

#include <utility>
#include <vector>

namespace xiaogate::hub {

std::string batch_payload(std::string_view region, const FeedHead& head, Json changes) {
  return canonical({{"region", region},
                    {"seq", head.seq + 1},
                    {"prev", to_hex(head.hash)},
                    {"changes", std::move(changes)}});
}

std::string page_payload(std::string_view region, const FeedHead& upto, PagePlace place,
                         Json changes) {
  return canonical({{"region", region},
                    {"upto", upto.seq},
                    {"hash", to_hex(upto.hash)},
                    {"index", place.index},
                    {"of", place.of},
                    {"changes", std::move(changes)}});
}

Result<Pull> parse_pull(std::string_view payload) {
  const auto json = parse_json(payload);
  if (!json) return failure("pull.malformed", json.error().text);
  std::vector<std::string> faults;
  JsonReader in(*json, "", faults);
  Pull pull{.region = in.text("region"),
            .from = static_cast<std::uint64_t>(in.integer("from", 0, INT64_MAX))};
  if (!faults.empty()) return failure("pull.malformed", faults.front());
  return pull;
}

}  // namespace xiaogate::hub
