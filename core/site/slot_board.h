// What is known of a battery cabinet's slots, and how far it can be trusted.
//
// A cabinet tells the whole truth of a slot in one property, but a message may be lost, doubled or
// late, and a command that was sent may still act. So every snapshot gets the instant since when it
// is surely true, by two independent arguments of which the weaker counts:
//   - order: a message heard after the answer to a report was told after that report was asked;
//   - time: a message heard now was told at most kLateness ago.
// An answer that is heard twice says that what came before it was repeated as well: what was heard
// since it came first then proves nothing.
// A slot is certain when that instant lies behind the last one at which a command could still have
// moved its door. What is certain and closed stays so until the next command.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model/json.h"
#include "model/time.h"

namespace xiaogate::site {

enum class SlotState : std::uint8_t { empty, charging, full, fault };

// The property `slot` of the Thing Model swap_cabinet.
struct Slot {
  int number = 0;
  SlotState state = SlotState::fault;
  bool open = false;  // the door; a closed one is latched
  bool locked = false;
  std::string battery;  // empty: none, or it cannot be read
  std::optional<double> charge;
  std::optional<double> health;
  std::optional<double> temperature;

  // A fault without a battery's id may be either.
  bool occupied() const {
    return !battery.empty() || state == SlotState::charging || state == SlotState::full;
  }
  bool vacant() const { return state == SlotState::empty && battery.empty(); }
};

// nullopt for what is no such property.
std::optional<Slot> parse_slot(const Json& body);

// Lives on the site's thread.
class SlotBoard {
 public:
  // How late a message of either direction may be without being lost. MQTT over one connection
  // repeats at most what was under way when the connection broke.
  static constexpr Millis kLateness{2000};

  struct Entry {
    Slot slot;
    MonoTime heard{};
    MonoTime true_since{};
  };

  // Commands of an earlier run may act until `acts_until`.
  explicit SlotBoard(MonoTime acts_until) : acts_until_all_(acts_until) {}

  void asked(std::uint64_t number, MonoTime now);
  // True when `number` is a report that was asked and is answered now for the first time.
  bool answered(std::uint64_t number, MonoTime now);
  void heard(const Slot& slot, MonoTime now);
  // A command that may move this door until `acts_until` leaves.
  void commanded(int slot, MonoTime acts_until);

  const Entry* find(int slot) const;
  const std::map<int, Entry>& slots() const { return slots_; }
  MonoTime acts_until(int slot) const;
  bool certain(int slot) const;
  // The earliest instant at which asking can make the slot certain.
  MonoTime worth_asking(int slot) const;

 private:
  std::map<int, Entry> slots_;
  std::map<int, MonoTime> acts_until_;
  MonoTime acts_until_all_;
  std::map<std::uint64_t, MonoTime> asked_;     // unanswered reports
  std::map<std::uint64_t, MonoTime> answered_;  // the latest answers
  MonoTime order_ = MonoTime::min();            // when the latest answered report was asked
};

}  // namespace xiaogate::site
