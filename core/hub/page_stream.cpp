#include "hub/page_stream.h"

#include <algorithm>
#include <utility>

namespace xiaogate::hub {

PageStream::PageStream(std::string region, std::uint64_t from, FeedHead upto, std::uint64_t changes)
    : region_(std::move(region)),
      from_(from),
      upto_(upto),
      changes_(changes),
      // Nothing missing is said by one empty page.
      place_{.index = 0,
             .of = std::max<std::uint64_t>(1, (changes + kPageChanges - 1) / kPageChanges)} {}

Result<PageStream> PageStream::begin(Register& from_register, std::string region,
                                     std::uint64_t from) {
  const auto head = from_register.head();
  if (!head) return std::unexpected(head.error());
  if (from > 0) return PageStream(std::move(region), from, *head, head->seq - from);
  const auto size = from_register.size();
  if (!size) return std::unexpected(size.error());
  return PageStream(std::move(region), 0, *head, static_cast<std::uint64_t>(*size));
}

Result<std::string> PageStream::next(Register& from_register) {
  const std::uint64_t before = place_.index * kPageChanges;
  const auto limit =
      static_cast<std::size_t>(std::min<std::uint64_t>(kPageChanges, changes_ - before));
  auto changes = from_ == 0 ? from_register.snapshot_after(static_cast<std::int64_t>(before), limit)
                            : from_register.changes_after(from_ + before, limit);
  if (!changes) return std::unexpected(changes.error());
  std::string payload = page_payload(region_, upto_, place_, std::move(*changes));
  ++place_.index;
  return payload;
}

}  // namespace xiaogate::hub
