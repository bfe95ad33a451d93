#include "tests/simulation/swap/swap_world.h"

#include <algorithm>

namespace xiaogate::simulation {
namespace {

constexpr int kSlots = 8;
constexpr int kRiders = 6;
constexpr Millis kChaos{30 * 60'000};
constexpr Millis kQuiet{10 * 60'000};
const WallTime kEpoch{Millis(1'700'000'000'000)};

}  // namespace

SwapWorld::SwapWorld(std::uint64_t seed, std::function<void(const std::string&)> trace)
    : random_(seed), trace_(std::move(trace)), physics_(kSlots, kRiders, random_) {
  cabinet_.rules.id = "cabinet";
  cabinet_.stolen = {"R5"};
}

Instant SwapWorld::now() const {
  return {kEpoch + (mono_ - MonoTime{}), mono_, ClockQuality::synchronised};
}

void SwapWorld::at(Millis delay, std::function<void()> what) {
  agenda_.emplace(mono_ + delay, std::move(what));
}

void SwapWorld::run_until(MonoTime end) {
  while (!broken_ && !agenda_.empty() && agenda_.begin()->first <= end) {
    auto next = agenda_.extract(agenda_.begin());
    mono_ = std::max(mono_, next.key());
    next.mapped()();
  }
  mono_ = std::max(mono_, end);
}

Result<SwapSummary> SwapWorld::run() {
  boot();
  at(Millis(1000), [this] { rider_comes(); });
  at(Millis(1500), [this] { something_happens(); });
  run_until(mono_ + kChaos);
  chaos_ = false;
  for (auto& [slot, what] : physics_.slots()) {
    what.jammed = what.broken = false;
    at(Millis(60'000), [this, number = slot] { physics_.close(number), tell_slot(number); });
  }
  flush();
  run_until(mono_ + kQuiet);
  if (!broken_) check_end();
  if (broken_) return failure("simulation.broken", *broken_);
  return summary_;
}

void SwapWorld::boot() {
  ++life_;
  const auto recovered = ledger_.recover(WallTime::max()).value();
  journal_ = std::make_unique<site::JournalWriter>(recovered.head_seq, recovered.head_hash,
                                                   recovered.head_time);
  batteries_ = std::make_unique<site::Batteries>(recovered.state);
  const auto saved = recovered.state.find(site::Swap::key(cabinet_));
  swap_ = std::make_unique<site::Swap>(cabinet_, *batteries_, *journal_, *this,
                                       saved == recovered.state.end() ? "" : saved->second, mono_);
  // What the journal has lost in a power cut was never acted upon.
  tick_planned_.reset();
  tick_later();
}

void SwapWorld::crash(bool power_cut) {
  ++summary_.restarts;
  trace(power_cut ? "power cut" : "crash");
  if (power_cut) ledger_.power_cut(random_.below(4));
  boot();
}

// One turn as the loop makes it, with a crash or a full disk between any two of its parts.
void SwapWorld::turn(const Handler& what) {
  if (broken_) return;
  const auto before = ledger_.journal().size();
  commands_.clear();
  site::Effects out;
  std::ignore = ledger_.begin();
  what(out, now());
  for (const auto& write : out.writes) {
    if (!ledger_.write(write)) return broken("the journal does not chain");
  }
  if (chaos_ && random_.below(800) == 0) return crash(random_.percent(50));
  if (chaos_ && random_.below(800) == 0) ledger_.fail_next_commit();
  if (!ledger_.commit(journal_->settle(out.durability, mono_))) {
    ledger_.rollback();
    ++summary_.restarts;
    return boot();
  }
  for (auto i = before; i < ledger_.journal().size(); ++i) check(ledger_.journal()[i]);
  if (broken_) return;
  const auto commands = std::exchange(commands_, {});
  const bool dies = chaos_ && random_.below(400) == 0;
  const auto let_out = dies ? random_.below(commands.size() + 1) : commands.size();
  for (std::size_t i = 0; i < let_out; ++i) send(commands[i]);
  if (dies) return crash(random_.percent(50));
  tick_later();
}

void SwapWorld::tick_later() {
  const auto due = swap_->next_deadline();
  if (!due) return;
  const MonoTime when = std::max(*due, mono_ + Millis(1));
  if (tick_planned_ && *tick_planned_ <= when) return;
  tick_planned_ = when;
  at(when - mono_, [this, when, life = life_] {
    if (life != life_ || tick_planned_ != when) return;
    tick_planned_.reset();
    turn([this](site::Effects& out, const Instant& instant) { swap_->tick(out, instant); });
  });
}

std::uint64_t SwapWorld::command(site::Effects&, const std::string& action, const Json& input,
                                 MonoTime expires, std::optional<std::uint64_t> number) {
  commands_.push_back({action, input, number.value_or(next_number_++), expires});
  return commands_.back().number;
}

void SwapWorld::show(site::Effects&, const site::SwapNotice& notice) {
  trace("reader shows: " + notice.en);
}

void SwapWorld::broken(const std::string& invariant) {
  if (broken_) return;
  broken_ = "after " + std::to_string((mono_ - MonoTime(Millis(1'000'000))).count()) +
            " ms: " + invariant;
  trace(*broken_);
}

void SwapWorld::trace(const std::string& line) const {
  if (!trace_) return;
  trace_(std::to_string((mono_ - MonoTime(Millis(1'000'000))).count()) + " " + line);
}

}  // namespace xiaogate::simulation
