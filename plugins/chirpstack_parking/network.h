// What the network does to uplinks: the same twice, late, out of order, counted anew.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

// An uplink's place in the order of its device.
struct Frame {
  std::string deduplication_id;
  std::string dev_addr;  // another one: the device has joined again
  std::uint32_t counter = 0;
  std::optional<std::int64_t> time_ms;  // when a gateway of the network received it
};

Frame read_frame(const nlohmann::json& up);

// Milliseconds since 1970 of an RFC 3339 text; nothing when it is none.
std::optional<std::int64_t> parse_time(std::string_view text);

// Throws when it is no base64.
std::vector<std::uint8_t> from_base64(std::string_view text);

class Order {
 public:
  // Whether this uplink is news, and remembers it then. It is none when the network has delivered
  // it before, or delivered a later one. A counter alone cannot tell an older uplink from a device
  // that counts anew: one of the two, counter or time, has to be newer.
  bool take(const Frame& frame, bool restarted);

  // For the next start.
  std::string text() const;
  void restore(std::string_view text);

 private:
  bool newer(const Frame& frame) const;

  std::optional<Frame> last_;
  std::string former_addr_;
  std::deque<std::string> seen_;  // deduplication ids
};
