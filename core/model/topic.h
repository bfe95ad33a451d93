// MQTT 3.1.1 topics and topic filters (OASIS standard, section 4.7). Pure functions.
#pragma once

#include <string_view>

namespace xiaogate {

// A topic to publish to: 1 to 65535 octets of UTF-8 without U+0000, '+' and '#'.
bool is_valid_topic(std::string_view topic);

// A filter to subscribe with: as a topic, but a level may be '+', and the last level may be '#'.
bool is_valid_filter(std::string_view filter);

// Whether a message on `topic` belongs to a subscription with `filter`. '+' stands for one level,
// which may be empty; a trailing '#' for its parent level and everything below. A filter that
// begins with a wildcard does not match topics that begin with '$' (section 4.7.2).
// REQUIRES: is_valid_topic(topic) and is_valid_filter(filter); otherwise the answer has no meaning.
bool topic_matches(std::string_view filter, std::string_view topic);

}  // namespace xiaogate
