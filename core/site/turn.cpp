#include "site/turn.h"

#include <iterator>
#include <utility>

namespace xiaogate::site {
namespace {

class Turn {
 public:
  Turn(Ledger& ledger, Outbox& outbox)
      : ledger_(ledger), outbox_(outbox), written_(ledger.begin()) {}

  // Written at once, so that the next input of the same turn already finds it.
  void take(Effects&& effects) {
    for (SafetyAction& action : effects.safety) {
      std::visit([this](auto& what) { outbox_.act(std::move(what)); }, action.what);
    }
    for (const Write& write : effects.writes) {
      if (written_) written_ = ledger_.write(write);
    }
    if (effects.durability == Durability::stable) durability_ = Durability::stable;
    std::ranges::move(effects.actions, std::back_inserter(actions_));
  }

  Durability durability() const { return durability_; }

  Result<void> end() {
    if (written_) written_ = ledger_.commit(durability_);
    if (!written_) {
      ledger_.rollback();
      return written_;
    }
    for (Action& action : actions_) outbox_.act(std::move(action));
    return {};
  }

 private:
  Ledger& ledger_;
  Outbox& outbox_;
  Result<void> written_;
  std::vector<Action> actions_;
  Durability durability_ = Durability::ordered;
};

}  // namespace

Result<void> run_turn(Site& site, std::span<const Input> inputs, const Instant& now, Ledger& ledger,
                      Outbox& outbox) {
  Turn turn(ledger, outbox);
  for (const Input& input : inputs) turn.take(site.handle(input, now));
  turn.take(site.settle(turn.durability(), now));
  return turn.end();
}

}  // namespace xiaogate::site
