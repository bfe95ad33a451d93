#include "hub/rejected_messages.h"

#include "model/bytes.h"
#include "process/logging.h"

namespace xiaogate::hub {

void RejectedMessages::add(std::string_view reason, std::string_view topic, std::string_view detail,
                           WallTime now) {
  Count& count = counts_[std::string(reason)];
  ++count.times;
  // A clock that was set back must not keep the log silent until it has caught up.
  const bool quiet = count.told_at && now >= *count.told_at && now - *count.told_at < kQuiet;
  if (quiet) {
    ++count.untold;
    return;
  }
  process::log_warning("message rejected", {{"reason", reason},
                                            {"topic", printable(topic)},
                                            {"detail", printable(detail, 200)},
                                            {"untold_before", count.untold}});
  count.untold = 0;
  count.told_at = now;
}

}  // namespace xiaogate::hub
