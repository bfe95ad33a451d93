// The swap of a battery at one cabinet, as a transaction over inputs that may be lost at any point.
//
//   verified -> look -> insert: an empty slot opens -> battery in, door closed, owner checked
//     -> take: a charged slot opens -> battery taken, door closed -> done
//   and out of every step -> give_back, or aborted, or an open case that names slot and battery
//
// No slot opens, and no end is declared, but on what is certain in the sense of slot_board.h: a
// step that is over asks the cabinet again, once nothing that was sent could still act, and
// believes that answer alone. After a restart it asks first and repeats nothing blindly. Every step
// is on record before its command leaves, and is kept under the site's state "swap/<cabinet>".
//
// Pure like the site: no clock, no I/O. Lives on the site's thread. Every handler may append
// records, writes and actions; references are borrowed for the object's lifetime.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/time.h"
#include "site/batteries.h"
#include "site/cabinet_config.h"
#include "site/journal_writer.h"
#include "site/slot_board.h"
#include "site/swap_case.h"
#include "site/swap_texts.h"

namespace xiaogate::site {

// The way to one cabinet and its reader.
class CabinetPort {
 public:
  virtual ~CabinetPort() = default;
  // An action of the Thing Model, not sent any more once `expires` has passed. Returns the number
  // by which done and failed will name it: `number` when given, else one that is not used twice.
  virtual std::uint64_t command(Effects& out, const std::string& action, const Json& input,
                                MonoTime expires, std::optional<std::uint64_t> number) = 0;
  virtual void show(Effects& out, const SwapNotice& notice) = 0;
};

class Swap {
 public:
  // An opening that has not reached the cabinet's plugin by then is dropped.
  static constexpr Millis kCommandTtl{3000};
  // How long the start waits for the cabinet's first answer.
  static constexpr Millis kLookPatience{15'000};
  // How long after a step's time the truth is waited for before a case is opened without it.
  static constexpr Millis kTruthPatience{30'000};
  // At and above this a battery is on fire, or will be.
  static constexpr double kTooHot = 60;

  // `saved` is what was kept under key() at the last run, or empty.
  Swap(const Cabinet& cabinet, Batteries& batteries, JournalWriter& journal, CabinetPort& port,
       const std::string& saved, MonoTime boot);
  Swap(const Swap&) = delete;
  Swap& operator=(const Swap&) = delete;

  static std::string key(const Cabinet& cabinet) { return "swap/" + cabinet.rules.id; }

  // The rider was let in at the cabinet's reader. While another swaps he is told to wait.
  void verified(Effects& out, const Instant& now, const SwapRider& rider);
  // An event or property of the cabinet. False: it is none of those that the Thing Model has.
  bool event(Effects& out, const Instant& now, const std::string& name, const Json& body);
  // A command did not get as far as the cabinet.
  void command_lost(Effects& out, const Instant& now, std::uint64_t number,
                    const std::string& reason);
  void tick(Effects& out, const Instant& now);
  std::optional<MonoTime> next_deadline() const;

  // A person's orders; `who` goes on record. False: there is no such case or locked slot.
  bool close_case(Effects& out, const Instant& now, std::uint64_t id, const std::string& who);
  bool release_slot(Effects& out, const Instant& now, int slot, const std::string& who);

  // For the status page.
  Json status() const;
  bool under_way() const { return current_.has_value(); }
  const std::vector<SwapCase>& cases() const { return cases_; }

 private:
  struct Turn {
    Effects& out;
    const Instant& now;
  };
  struct Current {
    std::uint64_t id = 0;  // sequence number of swap_started
    SwapRider rider;
    MonoTime since{};  // what was told before says nothing of where to begin
    bool looking = true;
    Purpose purpose = Purpose::insert;
    int slot = 0;
    std::string battery;  // that shall be taken out
    std::string reason;   // of a give_back
    bool owned = true;    // that battery is the rider's or owed to him
    std::set<int> tried;  // slots opened for this purpose
    int openings = 0;     // of `slot`, for this purpose
    bool seen_open = false;
    std::uint64_t command = 0;   // number of the last opening
    DepositedBattery deposited;  // accepted
    MonoTime deadline{};
  };
  // Commands that make a slot safe, until the cabinet has confirmed them.
  struct Safety {
    std::uint64_t lock = 0;
    std::uint64_t limit = 0;
    bool locked = false;
    bool limited = false;
    MonoTime again{};
  };

  // swap.cpp: inputs, asking and time.
  void slot_told(const Turn& turn, const Slot& slot);
  void consider(const Turn& turn, bool answered);
  void ask(const Turn& turn);
  MonoTime ask_due() const;
  void save(Effects& out);

  // swap_steps.cpp: from one step to the next.
  void look(const Turn& turn);
  void resume(const Turn& turn, SwapCase what);
  void judge(const Turn& turn);
  void judge_inserted(const Turn& turn, const Slot& slot);
  void judge_taken(const Turn& turn, const Slot& slot);
  void judge_open(const Turn& turn, const Slot& slot);
  void accept(const Turn& turn, const Slot& slot);
  bool hand_out(const Turn& turn);
  void give_back(const Turn& turn, int slot, const std::string& battery, const std::string& reason,
                 bool owned);
  void open(const Turn& turn, Purpose purpose, int slot, const std::string& battery);
  bool open_again(const Turn& turn);
  const Slot* own_battery() const;
  std::optional<int> empty_slot() const;
  std::optional<int> full_slot() const;
  bool usable(const SlotBoard::Entry& entry) const;
  bool locked_out(int slot) const;
  std::string refusal(const std::string& battery) const;

  // swap_ends.cpp: how a swap ends, and cases.
  void taken(const Turn& turn);
  void abort(const Turn& turn, const std::string& reason);
  void give_up(const Turn& turn);
  void open_case(const Turn& turn, const std::string& battery, const std::string& reason);
  void end_in_case(const Turn& turn, const std::string& battery, const std::string& reason);
  void finish(const Turn& turn, const std::string& word);
  void review_cases(const Turn& turn);
  bool review(const Turn& turn, SwapCase& what);
  SwapCase* case_of(const std::string& subject);
  std::uint64_t close_record(const Turn& turn, const SwapCase& what, Json outcome);

  // swap_alarms.cpp
  bool condition(const Turn& turn, const std::string& name, const Json& body);
  void too_hot(const Turn& turn, const Slot& slot);
  void lock_out(const Turn& turn, int slot, const std::string& reason);
  void make_safe(const Turn& turn);
  void confirm_safety(std::uint64_t number);

  std::uint64_t record(const Turn& turn, std::string kind, Json body);
  Json about(const Current& current) const;
  void show(const Turn& turn, const std::string& word, int slot = 0);

  // swap_state.cpp
  Json state() const;
  void restore(const Json& state, MonoTime boot);

  const Cabinet& cabinet_;
  Batteries& batteries_;
  JournalWriter& journal_;
  CabinetPort& port_;

  SlotBoard board_;
  std::optional<Current> current_;
  std::vector<SwapCase> cases_;
  std::map<int, Safety> safety_;                   // slots locked out; 0: the whole cabinet
  std::map<std::string, std::string> conditions_;  // smoke, mains, ... as last told
  std::string saved_;

  MonoTime last_asked_ = MonoTime::min();
  bool ask_unanswered_ = false;
  bool ask_now_ = true;
};

}  // namespace xiaogate::site
