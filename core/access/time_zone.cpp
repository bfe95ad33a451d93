#include "access/time_zone.h"

#include <algorithm>
#include <array>
#include <string>

#include "access/posix_zone.h"

namespace xiaogate::access {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kHeader = 44;
constexpr std::size_t kMostTransitions = 4096;
constexpr std::chrono::year kLastYear{2199};

std::int64_t big_endian(ByteView octets, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | octets[at + i];
  if (size == 4) return static_cast<std::int32_t>(value);
  return static_cast<std::int64_t>(value);
}

// RFC 9636, 3.1: what one of the file's two blocks holds.
struct Counts {
  std::size_t is_ut = 0;
  std::size_t is_standard = 0;
  std::size_t leaps = 0;
  std::size_t times = 0;
  std::size_t types = 0;
  std::size_t characters = 0;

  std::size_t size(std::size_t time_size) const {
    return times * (time_size + 1) + types * 6 + characters + leaps * (time_size + 4) +
           is_standard + is_ut;
  }
};

std::optional<Counts> read_header(ByteView file, std::size_t at) {
  if (at + kHeader > file.size()) return std::nullopt;
  constexpr std::array<std::uint8_t, 4> kMagic{'T', 'Z', 'i', 'f'};
  if (!std::ranges::equal(file.subspan(at, 4), kMagic) || file[at + 4] < '2') return std::nullopt;
  const auto count = [&](std::size_t i) {
    return static_cast<std::size_t>(big_endian(file, at + 20 + 4 * i, 4) & 0xFFFF'FFFF);
  };
  const Counts counts{count(0), count(1), count(2), count(3), count(4), count(5)};
  const bool sane = counts.is_ut <= 256 && counts.is_standard <= 256 && counts.leaps <= 256 &&
                    counts.times <= kMostTransitions && counts.types >= 1 && counts.types <= 256 &&
                    counts.characters <= 4096;
  if (!sane) return std::nullopt;
  return counts;
}

std::unexpected<Error> malformed(const std::string& what) {
  return failure("zone.malformed", what);
}

// The rule's text: between the two line feeds at the end.
std::optional<std::string_view> footer(ByteView file, std::size_t at) {
  const auto* text = reinterpret_cast<const char*>(file.data());
  const std::string_view rest(text + at, file.size() - at);
  if (rest.size() < 2 || rest.front() != '\n') return std::nullopt;
  const auto end = rest.find('\n', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return rest.substr(1, end - 1);
}

}  // namespace

Result<TimeZone> TimeZone::from_tzif(ByteView file) {
  const auto first = read_header(file, 0);
  if (!first) return malformed("is no TZif file of version 2 or later");
  const std::size_t second = kHeader + first->size(4);
  const auto counts = read_header(file, second);
  const std::size_t data = second + kHeader;
  if (!counts || data + counts->size(8) > file.size()) return malformed("ends too early");
  if (counts->leaps != 0) return malformed("counts leap seconds, which wall time here does not");

  const std::size_t indices = data + counts->times * 8;
  const std::size_t types = indices + counts->times;
  const auto offset_of = [&](std::size_t type) {
    return seconds(big_endian(file, types + 6 * type, 4));
  };
  TimeZone zone(offset_of(0));
  for (std::size_t i = 0; i < counts->times; ++i) {
    const std::size_t type = file[indices + i];
    const Transition next{sys_seconds(seconds(big_endian(file, data + 8 * i, 8))),
                          type < counts->types ? offset_of(type) : seconds::max()};
    const bool ascends = zone.transitions_.empty() || zone.transitions_.back().at < next.at;
    if (!ascends || next.offset > std::chrono::hours(26) || next.offset < -std::chrono::hours(26)) {
      return malformed("has a transition that is out of order or of no known type");
    }
    zone.transitions_.push_back(next);
  }
  const auto text = footer(file, data + counts->size(8));
  if (!text) return malformed("has no rule at its end");
  if (text->empty()) return zone;
  const auto rule = PosixZone::parse(*text);
  if (!rule) return malformed("has a rule that is not understood at its end");
  if (zone.transitions_.empty()) zone.first_ = rule->standard;
  for (std::chrono::year year(1970); year <= kLastYear; ++year) {
    for (const auto& change : rule->in(year)) {
      if (zone.transitions_.empty() || change.at > zone.transitions_.back().at) {
        zone.transitions_.push_back(change);
      }
    }
  }
  return zone;
}

seconds TimeZone::offset_at(WallTime now) const {
  const auto after =
      std::ranges::upper_bound(transitions_, std::chrono::floor<seconds>(now), {}, &Transition::at);
  return after == transitions_.begin() ? first_ : std::prev(after)->offset;
}

}  // namespace xiaogate::access
