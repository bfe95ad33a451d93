#include "site/swap.h"

#include <algorithm>
#include <utility>

namespace xiaogate::site {
namespace {

// An unanswered report is asked again after this.
constexpr Millis kAnswerPatience{1000};
// Two reports are at least this far apart.
constexpr Millis kAskAgain{200};
// While nothing but the rider is waited for, a lost event costs no more than this.
constexpr Millis kPoll{5000};
// The same while cases are open.
constexpr Millis kCasePoll{30'000};

std::uint64_t command_in(const Json& body) {
  const auto found = body.find("command");
  return found != body.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

}  // namespace

Swap::Swap(const Cabinet& cabinet, Batteries& batteries, JournalWriter& journal, CabinetPort& port,
           const std::string& saved, MonoTime boot)
    : cabinet_(cabinet),
      batteries_(batteries),
      journal_(journal),
      port_(port),
      board_(boot + kCommandTtl + SlotBoard::kLateness),
      saved_(saved) {
  const auto json = parse_json(saved.empty() ? "{}" : saved);
  if (json && json->is_object()) restore(*json, boot);
}

void Swap::verified(Effects& out, const Instant& now, const SwapRider& rider) {
  const Turn turn{out, now};
  if (current_ && current_->rider.subject == rider.subject) {
    return show(turn, current_->looking ? "wait" : std::string(to_string(current_->purpose)),
                current_->slot);
  }
  if (current_) {
    record(turn, "swap_refused", {{"credential", rider.credential}, {"reason", "busy"}});
    return show(turn, "busy");
  }
  current_ = Current{};
  current_->rider = rider;
  current_->since = now.mono;
  current_->deadline = now.mono + kLookPatience;
  current_->id = record(turn, "swap_started", {{"credential", rider.credential}});
  show(turn, "wait");
  ask(turn);
  save(out);
}

bool Swap::event(Effects& out, const Instant& now, const std::string& name, const Json& body) {
  const Turn turn{out, now};
  bool answered = false;
  if (name == "slot") {
    const auto slot = parse_slot(body);
    if (!slot) return false;
    slot_told(turn, *slot);
  } else if (name == "done") {
    const auto number = command_in(body);
    confirm_safety(number);
    answered = board_.answered(number, now.mono);
    if (answered) ask_unanswered_ = false;
  } else if (name == "failed") {
    command_lost(out, now, command_in(body), printable(body.value("message", Json()).dump(), 80));
  } else if (!condition(turn, name, body)) {
    return false;
  }
  consider(turn, answered);
  return true;
}

void Swap::slot_told(const Turn& turn, const Slot& slot) {
  board_.heard(slot, turn.now.mono);
  if (current_ && !current_->looking && slot.number == current_->slot && slot.open) {
    current_->seen_open = true;
  }
  too_hot(turn, slot);
}

void Swap::command_lost(Effects& out, const Instant& now, std::uint64_t number,
                        const std::string& reason) {
  // Whatever it says, the slot itself is asked what has become of it.
  if (!current_ || number == 0 || number != current_->command) return;
  record({out, now}, "swap_command_failed",
         {{"swap", current_->id},
          {"command", number},
          {"slot", current_->slot},
          {"reason", printable(reason, 120)}});
}

void Swap::tick(Effects& out, const Instant& now) {
  consider({out, now}, false);
}

void Swap::consider(const Turn& turn, bool answered) {
  if (answered) {
    review_cases(turn);
    if (current_ && current_->looking) {
      look(turn);
    } else if (current_) {
      judge(turn);
    }
  }
  if (current_ &&
      turn.now.mono >= current_->deadline + (current_->looking ? Millis(0) : kTruthPatience)) {
    give_up(turn);
  }
  if (turn.now.mono >= ask_due()) ask(turn);
  make_safe(turn);
  save(turn.out);
}

void Swap::ask(const Turn& turn) {
  last_asked_ = turn.now.mono;
  ask_now_ = false;
  ask_unanswered_ = true;
  board_.asked(port_.command(turn.out, "report", Json::object(), turn.now.mono + kCommandTtl, {}),
               turn.now.mono);
}

MonoTime Swap::ask_due() const {
  if (ask_now_) return MonoTime::min();
  if (!current_) return cases_.empty() ? MonoTime::max() : last_asked_ + kCasePoll;
  MonoTime due = last_asked_ + (ask_unanswered_ ? kAnswerPatience : kAskAgain);
  if (current_->looking) return due;
  due = std::max(due, board_.worth_asking(current_->slot));
  const auto* entry = board_.find(current_->slot);
  if (entry != nullptr && entry->slot.open) due = std::max(due, current_->deadline);
  return std::min(due, last_asked_ + kPoll);
}

std::optional<MonoTime> Swap::next_deadline() const {
  MonoTime next = ask_due();
  if (current_)
    next = std::min(next, current_->deadline + (current_->looking ? Millis(0) : kTruthPatience));
  for (const auto& [slot, safety] : safety_) {
    if (!safety.locked || !safety.limited) next = std::min(next, safety.again);
  }
  return next == MonoTime::max() ? std::nullopt : std::optional(next);
}

std::uint64_t Swap::record(const Turn& turn, std::string kind, Json body) {
  body["cabinet"] = cabinet_.rules.id;
  return journal_.append(turn.out, turn.now, Durability::stable, std::move(kind), body);
}

void Swap::show(const Turn& turn, const std::string& word, int slot) {
  port_.show(turn.out, swap_notice(word, slot));
}

}  // namespace xiaogate::site
