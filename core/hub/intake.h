// What gateways tell the hub: their journals and their state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hub/statements.h"
#include "model/record.h"
#include "store/database.h"

namespace xiaogate::hub {

// Why a report was not acknowledged, at which record.
struct Refusal {
  std::string_view kind;  // "conflict": another record of that number is known; "broken_chain"
  std::uint64_t seq = 0;
  std::string text;
};

struct IntakeOutcome {
  std::uint64_t through = 0;  // everything up to here is kept
  std::uint64_t added = 0;
  bool gap = false;  // the report begins after through + 1: nothing of it was kept
  std::optional<Refusal> refusal = std::nullopt;
};

struct GatewayRow {
  std::string id;
  std::uint64_t through = 0;
  std::string state;  // JSON object, the gateway's own words
  WallTime seen;      // when it was last heard
};

struct AlarmRow {
  std::string gateway;
  std::string kind;
  std::uint64_t seq = 0;  // where it happened first
  std::string text;
  WallTime first_at;
  WallTime last_at;
  std::uint64_t times = 0;
};

// Keeps nothing in memory, so a transaction that is rolled back leaves nothing behind. Borrows the
// database, lives on its thread. Every function can fail with the errors of store/database.h.
// REQUIRES for functions that change: inside a transaction.
class Intake {
 public:
  static Result<Intake> over(store::Database& database);

  // Takes a whole report or nothing of it. Records that are known already must be the very same;
  // those after them must continue the chain. A gateway never heard of is made known.
  // REQUIRES: `records` are as parse_report() gives them.
  Result<IntakeOutcome> report(const std::string& gateway, std::span<const Record> records,
                               WallTime now);
  // `heard`: when the gateway said so; nothing when the broker only repeats what it kept.
  Result<void> state(const std::string& gateway, const std::string& state,
                     std::optional<WallTime> heard);
  // Remembers what somebody must look at, once a gateway and kind.
  Result<void> alarm(const std::string& gateway, const Refusal& what, WallTime now);

  Result<std::vector<GatewayRow>> gateways();
  Result<std::vector<AlarmRow>> alarms();
  // At most `limit` records of `gateway` from `first` on; nothing for an unknown gateway.
  // `prev` is filled in for all of them.
  Result<std::optional<std::vector<Record>>> records(const std::string& gateway,
                                                     std::uint64_t first, std::size_t limit);

 private:
  struct Head {
    std::uint64_t seq = 0;
    Digest hash{};
  };
  enum class Sql {
    find_gateway,
    add_gateway,
    seen,
    set_state,
    head,
    hashes,
    add_record,
    alarm,
    gateways,
    alarms,
    records
  };
  explicit Intake(Statements<Sql> statements) : sql_(std::move(statements)) {}

  Result<std::optional<std::int64_t>> find(const std::string& gateway);
  Result<std::int64_t> number_of(const std::string& gateway, WallTime now);
  Result<Head> head_of(std::int64_t gateway);
  Result<std::optional<Refusal>> compare_known(std::int64_t gateway,
                                               std::span<const Record> records);

  Statements<Sql> sql_;
};

}  // namespace xiaogate::hub
