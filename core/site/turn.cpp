#include "site/turn.h"

#include <iterator>
#include <utility>

namespace xiaogate::site {
namespace {

struct Gathered {
  std::vector<Action> actions;
  Durability durability = Durability::ordered;
};

// Written at once, so that the next input of the same turn already finds it.
Result<void> gather(Effects&& effects, Ledger& ledger, Gathered& gathered) {
  for (const Write& write : effects.writes) {
    if (auto written = ledger.write(write); !written) return written;
  }
  if (effects.durability == Durability::stable) gathered.durability = Durability::stable;
  std::ranges::move(effects.actions, std::back_inserter(gathered.actions));
  return {};
}

Result<Gathered> transact(Site& site, std::span<const Input> inputs, const Instant& now,
                          Ledger& ledger) {
  Gathered gathered;
  if (auto begun = ledger.begin(); !begun) return std::unexpected(begun.error());
  for (const Input& input : inputs) {
    if (auto done = gather(site.handle(input, now), ledger, gathered); !done) {
      return std::unexpected(done.error());
    }
  }
  if (auto done = gather(site.settle(gathered.durability, now), ledger, gathered); !done) {
    return std::unexpected(done.error());
  }
  if (auto committed = ledger.commit(gathered.durability); !committed) {
    return std::unexpected(committed.error());
  }
  return gathered;
}

}  // namespace

Result<void> run_turn(Site& site, std::span<const Input> inputs, const Instant& now, Ledger& ledger,
                      Outbox& outbox) {
  auto gathered = transact(site, inputs, now, ledger);
  if (!gathered) {
    ledger.rollback();
    return std::unexpected(gathered.error());
  }
  for (Action& action : gathered->actions) outbox.act(std::move(action));
  return {};
}

}  // namespace xiaogate::site
