// What stands around the swap: the network, the cabinet, the riders.

#include <algorithm>

#include "tests/simulation/swap/swap_world.h"

namespace xiaogate::simulation {
namespace {

constexpr std::uint64_t kLost = 6;      // % of messages
constexpr std::uint64_t kDoubled = 20;  // %

}  // namespace

// --- The network ---------------------------------------------------------------------------------

void SwapWorld::send(const Command& command) {
  // The plugin may be slow; what it publishes after its time the gateway itself drops.
  const Millis plugin =
      chaos_ && random_.percent(5) ? random_.between(0, 6000) : random_.between(1, 20);
  if (mono_ + plugin > command.expires) {
    return at(plugin, [this, number = command.number, life = life_] {
      if (life != life_) return;
      turn([&](site::Effects& out, const Instant& instant) {
        swap_->command_lost(out, instant, number, "expired");
      });
    });
  }
  const auto arrives = [&](Millis longest) {
    at(plugin + random_.between(1, longest.count()), [this, command] {
      if (!stalled_) act(command);
    });
  };
  if (!chaos_) return arrives(Millis(20));
  const Millis late = site::SlotBoard::kLateness - Millis(1);
  if (!random_.percent(kLost)) arrives(random_.percent(20) ? late : Millis(50));
  if (random_.percent(kDoubled)) arrives(late);
}

void SwapWorld::tell(const std::string& name, Json body) {
  if (chaos_ && random_.percent(kLost)) return;
  if (stalled_) {
    held_back_.emplace_back(name, std::move(body));
    return;
  }
  const Millis delay =
      chaos_ && random_.percent(10) ? random_.between(1, 900) : random_.between(1, 30);
  in_order_until_ = std::max(in_order_until_, mono_ + delay);
  at(in_order_until_ - mono_, [=, this] { deliver(name, body); });
  if (chaos_ && random_.percent(kDoubled)) {
    at(random_.between(1, site::SlotBoard::kLateness.count() - 1),
       [=, this] { deliver(name, body); });
  }
}

void SwapWorld::deliver(const std::string& name, const Json& body) {
  trace("told: " + name + " " + body.dump());
  turn([&](site::Effects& out, const Instant& instant) { swap_->event(out, instant, name, body); });
}

void SwapWorld::stall(Millis time) {
  stalled_ = true;
  trace("the connection stalls");
  at(time, [this] { flush(); });
}

// The connection is back: what was held back comes in order, and the last of it comes again.
void SwapWorld::flush() {
  if (!std::exchange(stalled_, false)) return;
  trace("the connection is back");
  auto messages = std::exchange(held_back_, {});
  const auto again = chaos_ ? random_.below(messages.size() + 1) : 0;
  for (std::size_t i = messages.size() - again, n = messages.size(); i < n; ++i) {
    messages.push_back(messages[i]);
  }
  for (const auto& [name, body] : messages) {
    in_order_until_ = std::max(in_order_until_, mono_ + Millis(1));
    at(in_order_until_ - mono_, [this, event = name, told = body] { deliver(event, told); });
  }
  tell("online", {{"online", true}});
}

// --- The cabinet ---------------------------------------------------------------------------------

void SwapWorld::act(const Command& command) {
  trace("acts: " + command.action + " " + command.input.dump() + " " +
        std::to_string(command.number));
  const int slot = command.input.value("slot", 0);
  bool done = true;
  if (command.action == "report") {
    for (const auto& [number, unused] : physics_.slots()) tell_slot(number);
  } else if (command.action == "open_slot") {
    const auto allowed = allowed_.find(command.number);
    if (allowed == allowed_.end() || allowed->second.first != slot ||
        mono_ > allowed->second.second) {
      return broken("slot " + std::to_string(slot) + " opens without a committed cause");
    }
    done = physics_.unlatch(slot);
    if (done) door_opened(slot);
  } else if (command.action == "lock_slot") {
    physics_.slots().at(slot).locked = command.input.at("locked").get<bool>();
    tell_slot(slot);
  }
  tell(done ? "done" : "failed", {{"command", command.number}});
}

void SwapWorld::tell_slot(int slot) {
  tell("slot", physics_.snapshot(slot, mono_));
}

void SwapWorld::cabinet_reboots() {
  trace("the cabinet reboots");
  held_back_.clear();
  tell("online", {{"online", false}});
  tell("online", {{"online", true}});
}

void SwapWorld::door_opened(int slot) {
  ++summary_.openings;
  trace("slot " + std::to_string(slot) + " opens");
  tell_slot(slot);
  const bool walks_away = chaos_ && random_.percent(4);
  const int rider = present_;
  if (walks_away || rider == kNobody) {
    if (random_.percent(70)) {
      at(random_.between(5'000, 200'000), [=, this] { physics_.close(slot), tell_slot(slot); });
    }
    return;
  }
  at(random_.between(1000, chaos_ && random_.percent(10) ? 90'000 : 12'000),
     [=, this] { rider_acts(rider, slot); });
}

// Takes what there is to take; else puts in what he has.
void SwapWorld::rider_acts(int rider, int slot) {
  const RealSlot& what = physics_.slots().at(slot);
  if (!what.open || broken_) return;
  const bool idle = chaos_ && random_.percent(6);
  if (!what.battery.empty() && !idle) {
    trace("rider " + std::to_string(rider) + " takes " + what.battery);
    if (const auto took = physics_.take(rider, slot); !took) return broken(took.error().text);
    // Some look at it and put it back.
    if (chaos_ && random_.percent(3)) physics_.insert(rider, slot);
  } else if (what.battery.empty() && !physics_.hands(rider).empty() && !idle) {
    physics_.insert(rider, slot);
    trace("rider " + std::to_string(rider) + " puts in " + what.battery);
    physics_.batteries().at(what.battery).full_at = mono_ + Millis(14 * 60'000);
  }
  tell_slot(slot);
  if (chaos_ && random_.percent(4)) {
    if (random_.percent(70)) {
      at(random_.between(5'000, 300'000), [=, this] { physics_.close(slot), tell_slot(slot); });
    }
    return;
  }
  at(random_.between(200, 4000), [=, this] { physics_.close(slot), tell_slot(slot); });
}

void SwapWorld::rider_comes() {
  if (!chaos_) return;
  const int rider = static_cast<int>(random_.below(6));
  if (!swap_->under_way()) present_ = rider;
  trace("rider " + std::to_string(rider) + " scans");
  turn([&](site::Effects& out, const Instant& instant) {
    const std::string name = "r" + std::to_string(rider);
    swap_->verified(out, instant, {name, "c" + name});
  });
  at(random_.between(1'000, 120'000), [this] { rider_comes(); });
}

void SwapWorld::something_happens() {
  if (!chaos_) return;
  at(random_.between(1'000, 60'000), [this] { something_happens(); });
  const int slot = 1 + static_cast<int>(random_.below(physics_.slots().size()));
  RealSlot& what = physics_.slots().at(slot);
  const auto chance = random_.below(100);
  if (chance < 10) {
    what.jammed = !what.jammed;
  } else if (chance < 13) {
    what.broken = !what.broken;
    tell_slot(slot);
  } else if (chance < 30 && !stalled_) {
    stall(random_.between(500, 150'000));
  } else if (chance < 36) {
    cabinet_reboots();
  } else if (chance < 42) {
    crash(random_.percent(50));
  } else if (chance < 44 && !what.battery.empty()) {
    physics_.batteries().at(what.battery).celsius = 65;
    tell_slot(slot);
  } else if (chance < 46) {
    tell("smoke", {{"slot", slot}, {"active", true}});
  } else if (chance < 52 && !locked_out_.empty()) {
    const int released = *locked_out_.begin();
    for (auto& [id, battery] : physics_.batteries()) battery.celsius = 25;
    turn([&](site::Effects& out, const Instant& i) {
      swap_->release_slot(out, i, released, "guard");
    });
  } else if (chance < 60) {
    const int a = static_cast<int>(random_.below(6));
    const int b = static_cast<int>(random_.below(6));
    const bool busy = swap_->under_way() && (a == present_ || b == present_);
    if (a != b && !busy && !physics_.hands(a).empty() && !physics_.hands(b).empty()) {
      trace("riders " + std::to_string(a) + " and " + std::to_string(b) +
            " exchange their batteries");
      physics_.exchange(a, b);
    }
  }
}

}  // namespace xiaogate::simulation
