#include "access/posix_zone.h"

#include <algorithm>

namespace xiaogate::access {
namespace {

using std::chrono::seconds;

// Takes the text from left to right; once something does not fit, nothing does any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(bool condition) { good_ = good_ && condition; }

  unsigned number(unsigned least, unsigned most) {
    unsigned value = 0;
    std::size_t digits = 0;
    while (digits < 3 && digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      value = value * 10 + static_cast<unsigned>(rest_[digits++] - '0');
    }
    rest_.remove_prefix(digits);
    need(digits > 0 && value >= least && value <= most);
    return value;
  }

  // "CET" or "<+08>".
  void name() {
    const bool quoted = take('<');
    const auto belongs = [&](char c) {
      const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      return letter || (quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
    };
    const auto end = std::ranges::find_if_not(rest_, belongs);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    rest_.remove_prefix(length);
    need(length >= 3);
    if (quoted) need(take('>'));
  }

  // [+-]hh[:mm[:ss]]
  seconds time(unsigned most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    seconds value = std::chrono::hours(number(0, most_hours));
    if (take(':')) value += std::chrono::minutes(number(0, 59));
    if (take(':')) value += seconds(number(0, 59));
    return negative ? -value : value;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

PosixZone::Change read_change(Scanner& in) {
  using Kind = PosixZone::Change::Kind;
  PosixZone::Change change;
  in.need(in.take(','));
  if (in.take('M')) {
    change.month = in.number(1, 12);
    in.need(in.take('.'));
    change.week = in.number(1, 5);
    in.need(in.take('.'));
    change.day = in.number(0, 6);
  } else if (in.take('J')) {
    change.kind = Kind::julian;
    change.day = in.number(1, 365);
  } else {
    change.kind = Kind::day_of_year;
    change.day = in.number(0, 365);
  }
  if (in.take('/')) change.time = in.time(167);
  return change;
}

}  // namespace

std::chrono::local_seconds PosixZone::Change::in(std::chrono::year year) const {
  using namespace std::chrono;
  const local_days new_year{year / January / 1};
  if (kind == Kind::day_of_year) return new_year + days(day) + time;
  if (kind == Kind::julian) {
    const bool after_february = year.is_leap() && day >= 60;
    return new_year + days(day - 1 + (after_february ? 1 : 0)) + time;
  }
  const auto in_month = year / std::chrono::month(month);
  const weekday wanted(day);
  if (week == 5) return local_days{in_month / weekday_last(wanted)} + time;
  return local_days{in_month / weekday_indexed(wanted, week)} + time;
}

std::optional<PosixZone> PosixZone::parse(std::string_view text) {
  Scanner in(text);
  PosixZone zone;
  in.name();
  zone.standard = -in.time(24);  // POSIX counts west of Greenwich
  if (in.good() && !in.at_end()) {
    in.name();
    zone.summer = zone.standard + std::chrono::hours(1);
    Scanner ahead = in;
    if (!ahead.take(',')) zone.summer = -in.time(24);
    zone.to_summer = read_change(in);
    zone.to_standard = read_change(in);
  }
  if (!in.good() || !in.at_end()) return std::nullopt;
  return zone;
}

std::vector<TimeZone::Transition> PosixZone::in(std::chrono::year year) const {
  if (!summer) return {};
  const auto at = [](std::chrono::local_seconds local, seconds before) {
    return std::chrono::sys_seconds(local.time_since_epoch() - before);
  };
  std::vector<TimeZone::Transition> changes{
      {at(to_summer.in(year), standard), *summer},
      {at(to_standard.in(year), *summer), standard},
  };
  std::ranges::sort(changes, {}, &TimeZone::Transition::at);
  return changes;
}

}  // namespace xiaogate::access
