// The answer to one pull, page by page: a snapshot of a million credentials is never in memory.
#pragma once

#include <cstdint>
#include <string>

#include "hub/register.h"

namespace xiaogate::hub {

// Lives on the register's thread. What the register goes through meanwhile does no harm: a page may
// tell a later state of a credential than `upto`, and the batches after `upto` tell it once more.
class PageStream {
 public:
  // `from` 0: a snapshot. REQUIRES: from <= register's head.
  static Result<PageStream> begin(Register& from_register, std::string region, std::uint64_t from);

  bool done() const { return place_.index == place_.of; }
  const FeedHead& upto() const { return upto_; }
  // The next page's payload. REQUIRES: !done().
  Result<std::string> next(Register& from_register);

 private:
  PageStream(std::string region, std::uint64_t from, FeedHead upto, std::uint64_t changes);

  std::string region_;
  std::uint64_t from_;
  FeedHead upto_;
  std::uint64_t changes_;  // in all pages
  PagePlace place_;
};

}  // namespace xiaogate::hub
