#include "site/slot_board.h"

#include <algorithm>

namespace xiaogate::site {
namespace {

// Reports that are waited for at once; an answer to an older one says nothing any more.
constexpr std::size_t kMostUnanswered = 8;
// Answers that are remembered, so that their repetition is known.
constexpr std::size_t kMostAnswered = 32;
constexpr std::int64_t kMostSlots = 64;  // of a cabinet, by the Thing Model

std::optional<SlotState> parse_state(const std::string& text) {
  if (text == "empty") return SlotState::empty;
  if (text == "charging") return SlotState::charging;
  if (text == "full") return SlotState::full;
  if (text == "fault") return SlotState::fault;
  return std::nullopt;
}

std::optional<double> number(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::string text(const Json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::optional<Slot> parse_slot(const Json& body) {
  const auto which = body.find("slot");
  const auto state = parse_state(text(body, "state"));
  const std::string door = text(body, "door");
  if (which == body.end() || !which->is_number_integer() || !state) return std::nullopt;
  if (door != "open" && door != "closed") return std::nullopt;
  const auto number_of = which->get<std::int64_t>();
  if (number_of < 1 || number_of > kMostSlots) return std::nullopt;
  const auto locked = body.find("locked");
  return Slot{.number = static_cast<int>(number_of),
              .state = *state,
              .open = door == "open",
              .locked = locked != body.end() && locked->is_boolean() && locked->get<bool>(),
              .battery = text(body, "battery"),
              .charge = number(body, "charge"),
              .health = number(body, "health"),
              .temperature = number(body, "temperature")};
}

void SlotBoard::asked(std::uint64_t number, MonoTime now) {
  if (asked_.size() == kMostUnanswered) asked_.erase(asked_.begin());
  asked_[number] = now;
}

bool SlotBoard::answered(std::uint64_t number, MonoTime now) {
  if (const auto before = answered_.find(number); before != answered_.end()) {
    for (auto& [unused, entry] : slots_) {
      if (entry.heard >= before->second) entry.true_since = MonoTime::min();
    }
    return false;
  }
  const auto found = asked_.find(number);
  if (found == asked_.end()) return false;
  order_ = std::max(order_, found->second);
  asked_.erase(found);
  if (answered_.size() == kMostAnswered) answered_.erase(answered_.begin());
  answered_[number] = now;
  return true;
}

void SlotBoard::heard(const Slot& slot, MonoTime now) {
  slots_[slot.number] = {
      .slot = slot, .heard = now, .true_since = std::min(order_, now - kLateness)};
}

void SlotBoard::commanded(int slot, MonoTime acts_until) {
  acts_until_[slot] = acts_until;
}

const SlotBoard::Entry* SlotBoard::find(int slot) const {
  const auto found = slots_.find(slot);
  return found == slots_.end() ? nullptr : &found->second;
}

MonoTime SlotBoard::acts_until(int slot) const {
  const auto found = acts_until_.find(slot);
  return found == acts_until_.end() ? acts_until_all_ : std::max(acts_until_all_, found->second);
}

bool SlotBoard::certain(int slot) const {
  const Entry* entry = find(slot);
  return entry != nullptr && entry->true_since >= acts_until(slot);
}

MonoTime SlotBoard::worth_asking(int slot) const {
  const MonoTime acts = acts_until(slot);
  return order_ < acts ? acts : acts + kLateness;
}

}  // namespace xiaogate::site
