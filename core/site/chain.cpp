#include "site/chain.h"

#include <array>
#include <utility>

#include "cose/digest.h"

namespace xiaogate::site {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> big_endian(std::uint64_t number) {
  std::array<std::uint8_t, N> octets{};
  for (std::size_t i = N; i-- > 0; number >>= 8U) octets[i] = static_cast<std::uint8_t>(number);
  return octets;
}

}  // namespace

Digest record_hash(const Record& record) {
  const auto seq = big_endian<8>(record.seq);
  const auto time =
      big_endian<8>(static_cast<std::uint64_t>(record.time.time_since_epoch().count()));
  const auto kind_size = big_endian<2>(record.kind.size());
  const auto body_size = big_endian<4>(record.body.size());
  return cose::sha256(
      {record.prev, seq, time, kind_size, as_bytes(record.kind), body_size, as_bytes(record.body)});
}

Record seal(std::uint64_t previous_seq, const Digest& previous_hash, WallTime time,
            std::string kind, std::string body) {
  Record record{.seq = previous_seq + 1,
                .time = time,
                .kind = std::move(kind),
                .body = std::move(body),
                .prev = previous_hash,
                .hash = {}};
  record.hash = record_hash(record);
  return record;
}

Result<void> check_link(std::uint64_t previous_seq, const Digest& previous_hash,
                        const Record& record) {
  const auto broken = [&](const std::string& what) {
    return failure("journal.broken", "record " + std::to_string(record.seq) + ": " + what);
  };
  if (record.seq != previous_seq + 1) {
    return broken("the record before it is " + std::to_string(previous_seq) +
                  ", so the sequence has a gap");
  }
  if (record.prev != previous_hash)
    return broken("does not carry the hash of the record before it");
  if (record.hash != record_hash(record)) return broken("its content does not match its hash");
  return {};
}

}  // namespace xiaogate::site
