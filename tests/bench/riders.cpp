#include "tests/bench/riders.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <span>
#include <stdexcept>

#include "access/rider_code.h"
#include "store/credential_cache.h"

namespace xiaogate::bench {
namespace {

// Within the freshness that the bench's site allows, on either side of now.
constexpr std::int64_t kBackdated = 100;

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}
void need(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().text);
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

CredentialId id_of(std::uint64_t number) {
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 8; i-- > 0; number >>= 8U) octets[i] = static_cast<std::uint8_t>(number);
  return CredentialId(octets);
}

Credential credential_of(const CredentialId& id, const PublicKey& key) {
  const std::int64_t now = unix_now();
  return {.id = id,
          .subject = "r-" + id.text(),
          .key = key,
          .not_before = WallTime(std::chrono::seconds(now - 86'400)),
          .expires = WallTime(std::chrono::seconds(now + 30 * 86'400)),
          .scope = "rider.gate"};
}

}  // namespace

Riders::Riders(std::size_t count) {
  std::mt19937_64 random(42);
  for (std::size_t i = 0; i < count; ++i) {
    riders_.push_back({need(cose::PrivateKey::generate(Algorithm::ed25519)), id_of(random())});
  }
}

void Riders::fill_cache(const std::filesystem::path& directory, std::size_t total) const {
  std::map<CredentialId, PublicKey> known;
  for (const Rider& rider : riders_) known.emplace(rider.id, rider.key.public_key());
  std::vector<CredentialId> ids;
  ids.reserve(std::max(total, riders_.size()));
  for (const Rider& rider : riders_) ids.push_back(rider.id);
  std::mt19937_64 random(43);
  while (ids.size() < total) ids.push_back(id_of(random()));
  std::ranges::sort(ids);  // loading in order of the key is four times as fast

  auto cache = need(store::CredentialCache::open(directory / store::kCredentialFile));
  store::Transaction transaction(cache.database());
  need(transaction.begin());
  const PublicKey nobody = riders_.front().key.public_key();
  for (const CredentialId& id : ids) {
    const auto found = known.find(id);
    const FeedChange change{
        .id = id, .credential = credential_of(id, found == known.end() ? nobody : found->second)};
    need(cache.apply(std::span(&change, 1)));
  }
  need(transaction.commit());
}

std::vector<std::string> Riders::codes(std::size_t count) {
  std::vector<std::string> made;
  made.reserve(count);
  issued_at_ = std::max(issued_at_, unix_now() - kBackdated);
  for (; made.size() < count; next_ = (next_ + 1) % riders_.size()) {
    // One code a rider and second: each round is a second later than the one before it.
    if (next_ == 0) ++issued_at_;
    const Rider& rider = riders_[next_];
    made.push_back(need(
        access::make_rider_code(rider.key, rider.id, WallTime(std::chrono::seconds(issued_at_)))));
  }
  return made;
}

}  // namespace xiaogate::bench
