// The rules of access once more, slow and obvious, for the property test to hold decide() against.
// Written from docs/rider-code.md and docs/configuration.md; shares nothing with the real thing but
// the shapes of its arguments. Time is counted by hand, names are compared as texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/decide.h"

namespace xiaogate::access::reference {

// What is true of a code that the test has made: the reference is told, it does not parse.
struct Truth {
  bool is_code = true;
  bool algorithm_known_and_fits = true;
  bool self_contained = false;
  bool issuer_trusted = true;  // only asked of self-contained codes
  bool signatures_genuine = true;
  std::int64_t issued_at_ms = 0;
  Credential credential;  // as the issuer signed it, or as the cache has it
};

struct Answer {
  std::string verdict;
  std::string despite;  // "" when there is nothing to be said
  bool repeat = false;
};

// What the test knows besides the context.
struct World {
  std::optional<CredentialStatus> cached_status;  // none: the cache does not know the id
  bool cached_credential = false;
  // Who used this very code: where and when.
  std::optional<std::string> used_at_point;
  std::int64_t used_at_ms = 0;
  std::vector<std::pair<std::string, std::int64_t>> inside;  // this credential: area, until
  std::vector<std::pair<std::string, std::int64_t>> others;  // somebody else each
  std::int64_t utc_offset_ms = 0;
};

inline bool is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// Days from 2024-01-01 on, counted up one by one.
inline constexpr std::int64_t kFirstDay = 19'723;  // since 1970-01-01

struct Date {
  int year = 2024;
  int month = 1;
  int day = 1;
  int weekday = 0;  // a Monday

  void next() {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int length = lengths[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
    weekday = (weekday + 1) % 7;
    if (++day <= length) return;
    day = 1;
    if (++month <= 12) return;
    month = 1;
    ++year;
  }
  // Sorts as dates do.
  int number() const { return year * 10000 + month * 100 + day; }
};

inline int number_of(std::chrono::local_days day) {
  const std::chrono::year_month_day date(day);
  return static_cast<int>(date.year()) * 10000 +
         static_cast<int>(static_cast<unsigned>(date.month())) * 100 +
         static_cast<int>(static_cast<unsigned>(date.day()));
}

inline Date date_of(std::int64_t local_ms) {
  Date date;
  for (std::int64_t ms = (kFirstDay + 1) * 86'400'000; ms <= local_ms; ms += 86'400'000)
    date.next();
  return date;
}

inline bool day_fits(const TimeWindow& window, const Calendar& calendar, const Date& date) {
  if (window.first_day && date.number() < number_of(*window.first_day)) return false;
  if (window.last_day && date.number() > number_of(*window.last_day)) return false;
  int kind = date.weekday;
  for (const auto& [day, counts_as] : calendar.special_days) {
    if (number_of(day) == date.number()) kind = counts_as;
  }
  for (int bit = 0; bit < 8; ++bit) {
    if (bit == kind) return window.days / (1 << bit) % 2 == 1;
  }
  return false;
}

// Walks through every window that may have begun on this day or the day before, as an interval.
inline bool window_holds(const TimeWindow& window, const Calendar& calendar,
                         std::int64_t local_ms) {
  const std::int64_t midnight = local_ms - local_ms % 86'400'000;
  for (const std::int64_t start_of_day : {midnight, midnight - 86'400'000}) {
    if (!day_fits(window, calendar, date_of(start_of_day))) continue;
    const std::int64_t begin = start_of_day + window.from * std::int64_t{60'000};
    std::int64_t end = start_of_day + window.to * std::int64_t{60'000};
    if (window.to <= window.from) end += 86'400'000;
    if (begin <= local_ms && local_ms < end) return true;
  }
  return false;
}

inline std::vector<std::string> words(const std::string& scope) {
  std::vector<std::string> found;
  std::string word;
  for (const char c : scope + " ") {
    if (c != ' ') {
      word += c;
    } else {
      found.push_back(word);
      word.clear();
    }
  }
  if (scope.empty()) found.clear();
  return found;
}

inline bool has(const std::set<std::string>& names, const std::string& name) {
  for (const auto& one : names) {
    if (one == name) return true;
  }
  return false;
}

inline std::string site_policy(const Truth& truth, const World& world, const Context& context,
                               std::int64_t now) {
  const AccessPolicy& policy = context.policy;
  const AccessPoint& point = context.point;
  const std::int64_t local = now + world.utc_offset_ms;
  if (!policy.profiles.empty() || !point.profiles.empty()) {
    bool accepted = false;
    bool open = false;
    for (const auto& word : words(truth.credential.scope)) {
      if (!point.profiles.empty() && !has(point.profiles, word)) continue;
      if (policy.profiles.empty()) {
        accepted = open = true;
        continue;
      }
      for (const auto& [name, profile] : policy.profiles) {
        if (name != word) continue;
        bool here = profile.areas.empty();
        for (const auto& area : profile.areas) here = here || has(point.areas, area);
        bool lane = profile.vehicles.empty() || !point.lane;
        for (const Vehicle vehicle : profile.vehicles) lane = lane || vehicle == point.lane;
        if (!here || !lane) continue;
        accepted = true;
        open = open || profile.hours.empty();
        for (const auto& window : profile.hours) {
          open = open || window_holds(window, policy.calendar, local);
        }
      }
    }
    if (!accepted) return "no_access_profile";
    if (!open) return "outside_schedule";
  }
  for (const auto& [subject, ban] : policy.banned) {
    if (subject != truth.credential.subject) continue;
    if (!ban.last_day || date_of(local).number() <= number_of(*ban.last_day)) return "site_banned";
  }
  if (point.closed) return "access_point_closed";
  if (point.exit) return "granted";
  for (const auto& [area, rules] : policy.areas) {
    if (!has(point.areas, area)) continue;
    bool inside = false;
    std::uint32_t people = 0;
    for (const auto& [where, until] : world.inside) {
      if (where == area && now < until) inside = true;
    }
    for (const auto& [where, until] : world.others) {
      if (where == area && now < until) ++people;
    }
    if (rules.anti_passback && inside) return "anti_passback";
    if (rules.capacity && !inside && people >= *rules.capacity) return "area_full";
  }
  return "granted";
}

inline std::string standing(const Truth& truth, const World& world, std::int64_t when) {
  if (world.cached_status == CredentialStatus::revoked) return "credential_revoked";
  if (world.cached_status == CredentialStatus::suspended) return "credential_suspended";
  if (when < truth.credential.not_before.time_since_epoch().count()) {
    return "credential_not_yet_valid";
  }
  if (when >= truth.credential.expires.time_since_epoch().count()) return "credential_expired";
  return "granted";
}

inline Answer decide(const Truth& truth, const World& world, const Context& context) {
  const std::int64_t now = context.now.time_since_epoch().count();
  const bool out = context.point.exit;
  if (!truth.is_code) return {"malformed_code", ""};
  if (!truth.self_contained && !world.cached_credential) {
    // An unknown algorithm is told before an unknown credential, one of another key after it.
    return {"unknown_credential", ""};
  }
  if (!truth.algorithm_known_and_fits) return {"unsupported_algorithm", ""};
  if (truth.self_contained && !truth.issuer_trusted) return {"unknown_issuer", ""};
  if (!truth.signatures_genuine) return {"bad_signature", ""};

  const bool unset = context.clock == ClockQuality::unset;
  const std::string bad = standing(truth, world, unset ? truth.issued_at_ms : now);
  if (bad != "granted" && !out) return {bad, ""};
  const std::int64_t window = unset ? 300'000 : context.policy.freshness.count();
  if (now - truth.issued_at_ms > window) return {"stale_code", ""};
  if (truth.issued_at_ms - now > window) return {"future_code", ""};
  if (world.used_at_point) {
    const std::int64_t apart =
        now > world.used_at_ms ? now - world.used_at_ms : world.used_at_ms - now;
    if (*world.used_at_point != context.point.id || apart > 3000) return {"replayed_code", ""};
    return {"granted", "", true};
  }
  const std::string site = site_policy(truth, world, context, now);
  const std::string refused = bad != "granted" ? bad : site;
  if (refused != "granted" && !out) return {refused, ""};
  if (context.lock_down) return {"lock_down", ""};
  return {"granted", refused == "granted" ? "" : refused};
}

}  // namespace xiaogate::access::reference
