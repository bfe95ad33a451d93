#include "site/feed_follower.h"

#include <utility>

#include "cose/digest.h"
#include "cose/sign1.h"
#include "model/faults.h"

namespace xiaogate::site {
namespace {

constexpr std::int64_t kMaxSeq = INT64_MAX;

Result<Digest> parse_digest(const std::string& text) {
  const auto octets = from_hex(text);
  Digest digest{};
  if (!octets || octets->size() != digest.size()) {
    return failure("feed.malformed", "a hash must be 64 hexadecimal digits");
  }
  std::ranges::copy(*octets, digest.begin());
  return digest;
}

}  // namespace

FeedFollower::FeedFollower(std::string region, std::optional<TrustedKey> key, FeedPosition position)
    : region_(std::move(region)), key_(key), position_(std::move(position)) {
  // Another region's rows are of no use here; its positions even less.
  if (position_.region != region_) position_ = {.region = region_, .seq = 0, .hash = {}};
}

void FeedFollower::link_changed(Effects& out, bool up, MonoTime now) {
  up_ = up;
  pull_.reset();
  if (up_) pull(out, now);
}

void FeedFollower::pull(Effects& out, MonoTime now) {
  pull_ = Pull{.overdue = now + kPullPatience};
  out.actions.emplace_back(
      PublishToHub{.leaf = "feed/pull",
                   .payload = canonical(Json{{"region", region_}, {"from", position_.seq}}),
                   .retain = false});
}

Result<FeedFollower::Opened> FeedFollower::open(std::string_view message) const {
  const auto envelope = cose::parse_sign1(as_bytes(message), kMaxMessage);
  if (!envelope) return failure("feed.malformed", envelope.error().text);
  if (!key_ || envelope->kid != key_->kid) {
    return failure("feed.unsigned", "no trusted feed key " + envelope->kid.text());
  }
  if (cose::check(*envelope, key_->key) != cose::Trust::good) {
    return failure("feed.unsigned", "the feed key's signature does not verify");
  }
  auto json = parse_json(as_text(envelope->payload));
  if (!json) return failure("feed.malformed", json.error().text);
  if (!json->is_object() || json->value("region", Json()) != region_) {
    return failure("feed.foreign_region", "not of region " + region_);
  }
  return Opened{std::move(*json), envelope->payload};
}

Result<void> FeedFollower::batch(Effects& out, std::string_view message, MonoTime now) {
  const auto opened = open(message);
  if (!opened) return std::unexpected(opened.error());
  Faults faults;
  JsonReader in(opened->json, "", faults);
  const auto seq = static_cast<std::uint64_t>(in.integer("seq", 1, kMaxSeq));
  const std::string prev_text = in.text("prev");
  if (!faults.empty()) return failure("feed.malformed", faults.front());
  if (seq <= position_.seq) return {};
  if (seq > position_.seq + 1) {
    if (!pull_) pull(out, now);
    return {};
  }
  const auto prev = parse_digest(prev_text);
  if (!prev) return std::unexpected(prev.error());
  if (*prev != position_.hash) {
    return failure("feed.broken_chain", "batch " + std::to_string(seq) + " does not follow " +
                                            std::to_string(position_.seq));
  }
  auto changes = parse_feed_changes(in.array("changes"));
  if (!changes) return std::unexpected(changes.error());
  position_ = {.region = region_, .seq = seq, .hash = cose::sha256({opened->payload})};
  pull_.reset();
  heard_ = now;
  out.durability = Durability::stable;
  out.writes.emplace_back(ApplyFeed{std::move(*changes), position_});
  return {};
}

Result<void> FeedFollower::page(Effects& out, std::string_view message, MonoTime now) {
  const auto opened = open(message);
  if (!opened) return std::unexpected(opened.error());
  Faults faults;
  JsonReader in(opened->json, "", faults);
  const auto upto = static_cast<std::uint64_t>(in.integer("upto", 0, kMaxSeq));
  const auto of = static_cast<std::uint64_t>(in.integer("of", 1, 1'000'000));
  const auto index = static_cast<std::uint64_t>(in.integer("index", 0, 999'999));
  const auto hash = parse_digest(in.text("hash"));
  if (!faults.empty()) return failure("feed.malformed", faults.front());
  if (!hash) return std::unexpected(hash.error());
  // Only what answers the pull under way, in order: a page recorded earlier must not undo a later
  // suspension.
  if (!pull_ || upto < position_.seq || index >= of) return {};
  if (index == 0) *pull_ = Pull{.overdue = {}, .next_page = 0, .upto = upto};
  if (index != pull_->next_page || upto != pull_->upto) return {};
  auto changes = parse_feed_changes(in.array("changes"));
  if (!changes) return std::unexpected(changes.error());
  pull_->next_page = index + 1;
  pull_->overdue = now + kPullPatience;
  std::optional<FeedPosition> reached;
  if (index + 1 == of) {
    pull_.reset();
    heard_ = now;
    if (upto > position_.seq) {
      position_ = {.region = region_, .seq = upto, .hash = *hash};
      reached = position_;
    }
  }
  if (!changes->empty() || reached) {
    out.durability = Durability::stable;
    out.writes.emplace_back(ApplyFeed{std::move(*changes), reached});
  }
  return {};
}

void FeedFollower::tick(Effects& out, MonoTime now) {
  if (const auto due = next_deadline(); due && *due <= now) pull(out, now);
}

std::optional<MonoTime> FeedFollower::next_deadline() const {
  if (!up_) return std::nullopt;
  return pull_ ? pull_->overdue : heard_ + kSilence;
}

}  // namespace xiaogate::site
