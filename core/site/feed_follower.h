// Follows the hub's credential feed of one region: in order, without gaps, signed.
#pragma once

#include <optional>
#include <string>

#include "model/result.h"
#include "site/feed_change.h"
#include "site/journal_writer.h"
#include "site/trust.h"

namespace xiaogate::site {

// Lives on the site's thread. Errors carry the reason in `code` ("feed.unsigned",
// "feed.malformed", "feed.foreign_region", "feed.broken_chain") and change nothing.
class FeedFollower {
 public:
  static constexpr Millis kPullPatience{5000};  // then an unanswered pull is sent again
  // After so long without a word of the feed it is asked for: the last batch may have been lost,
  // and no later one has come to show the gap.
  static constexpr Millis kSilence{60'000};
  static constexpr std::size_t kMaxMessage = 128 * 1024;

  FeedFollower(std::string region, std::optional<TrustedKey> key, FeedPosition position);

  // A new connection: asks for what was missed.
  void link_changed(Effects& out, bool up, MonoTime now);
  // A batch of the live feed. A doubled one is ignored; after a gap the missing ones are pulled.
  Result<void> batch(Effects& out, std::string_view message, MonoTime now);
  // A page of the answer to a pull.
  Result<void> page(Effects& out, std::string_view message, MonoTime now);
  // Asks again when an answer is overdue, or the feed has been silent.
  void tick(Effects& out, MonoTime now);

  const FeedPosition& position() const { return position_; }
  std::optional<MonoTime> next_deadline() const;

 private:
  struct Pull {
    MonoTime overdue;
    std::uint64_t next_page = 0;
    std::uint64_t upto = 0;  // of the first page
  };

  // What the feed key signed; the payload borrows from `message`.
  struct Opened {
    Json json;
    ByteView payload;
  };
  Result<Opened> open(std::string_view message) const;
  void pull(Effects& out, MonoTime now);

  std::string region_;
  std::optional<TrustedKey> key_;
  FeedPosition position_;
  std::optional<Pull> pull_;
  bool up_ = false;
  MonoTime heard_{};
};

}  // namespace xiaogate::site
