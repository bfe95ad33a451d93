// Turns with made-up records. For tests only.
#pragma once

#include "site/chain.h"
#include "store/store.h"

namespace xiaogate::store {

inline WallTime at(std::int64_t ms) {
  return WallTime(Millis(1'772'000'000'000 + ms));
}

inline CredentialId id_of(std::uint64_t number) {
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets[7 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return CredentialId(octets);
}

inline Credential credential_of(std::uint64_t number, Algorithm algorithm = Algorithm::ed25519) {
  Credential credential{.id = id_of(number),
                        .subject = "rider-" + std::to_string(number),
                        .key = {.algorithm = algorithm},
                        .not_before = at(0),
                        .expires = at(1'000'000),
                        .scope = "resident meals"};
  credential.key.x.fill(static_cast<std::uint8_t>(number));
  if (algorithm != Algorithm::ed25519) credential.key.y.fill(7);
  return credential;
}

inline FeedChange put(std::uint64_t number, CredentialStatus status = CredentialStatus::active) {
  return {.id = id_of(number), .credential = credential_of(number), .status = status};
}

inline FeedChange mark(std::uint64_t number, CredentialStatus status) {
  return {.id = id_of(number), .credential = std::nullopt, .status = status};
}

// Makes records that follow each other.
class Chain {
 public:
  Chain() = default;
  Chain(std::uint64_t seq, const Digest& hash) : seq_(seq), hash_(hash) {}

  site::Write next(std::string body = R"({"access_point":"east","verdict":"granted"})") {
    const Record record = site::seal(seq_, hash_, at(static_cast<std::int64_t>(seq_)),
                                     "access_granted", std::move(body));
    seq_ = record.seq;
    hash_ = record.hash;
    return site::AppendRecord{record};
  }
  std::uint64_t seq() const { return seq_; }

 private:
  std::uint64_t seq_ = 0;
  Digest hash_{};
};

// One turn of these writes.
inline Result<void> turn(Store& store, std::initializer_list<site::Write> writes,
                         site::Durability durability = site::Durability::stable) {
  auto done = store.begin();
  for (const site::Write& write : writes) {
    if (done) done = store.write(write);
  }
  if (done) done = store.commit(durability);
  if (!done) store.rollback();
  return done;
}

}  // namespace xiaogate::store
