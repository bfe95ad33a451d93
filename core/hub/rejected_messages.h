// Messages that the hub did not accept: counted by reason, and told in the log without flooding it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/time.h"

namespace xiaogate::hub {

// Lives on one thread.
class RejectedMessages {
 public:
  // Between two lines of the same reason.
  static constexpr Millis kQuiet{10'000};

  // `reason` is one of a fixed set, e.g. "report.malformed"; topic and detail may be hostile.
  void add(std::string_view reason, std::string_view topic, std::string_view detail, WallTime now);

  struct Count {
    std::uint64_t times = 0;
    std::uint64_t untold = 0;  // since the last line
    std::optional<WallTime> told_at;
  };
  const std::map<std::string, Count, std::less<>>& counts() const { return counts_; }

 private:
  std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace xiaogate::hub
