#include "site/policy_config.h"

#include <algorithm>
#include <array>
#include <utility>

namespace xiaogate::site {
namespace {

// "HH:MM" as minutes after midnight.
std::uint16_t read_clock(JsonReader& in, const char* member) {
  const std::string text = in.text(member);
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (hour < 24 && minute < 60) return static_cast<std::uint16_t>(hour * 60 + minute);
  }
  in.fault(member, "must be a time like 09:00");
  return 0;
}

std::uint8_t read_days(JsonReader& in) {
  static constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu",
                                                         "fri", "sat", "sun"};
  const Json* days = in.find("days");
  if (days == nullptr) return 0x7F;
  std::uint8_t mask = 0;
  const auto bad = [&] {
    in.fault("days", "must be an array of mon, tue, wed, thu, fri, sat, sun");
    return static_cast<std::uint8_t>(0x7F);
  };
  if (!days->is_array() || days->empty()) return bad();
  for (const Json& day : *days) {
    const auto found =
        day.is_string() ? std::ranges::find(kDays, day.get<std::string>()) : kDays.end();
    if (found == kDays.end()) return bad();
    mask = static_cast<std::uint8_t>(mask | (1U << static_cast<unsigned>(found - kDays.begin())));
  }
  return mask;
}

access::AccessProfile read_profile(const Json& json, const std::string& pointer, Faults& faults) {
  JsonReader in(json, pointer, faults);
  access::AccessProfile profile;
  profile.name = in.text("name");
  if (profile.name.empty() || profile.name.find(' ') != std::string::npos) {
    in.fault("name", "must be a scope name without blanks, like rider.gate");
  }
  const Json& hours = in.array_or_empty("hours");
  for (std::size_t i = 0; i < hours.size(); ++i) {
    profile.hours.push_back(
        read_window(hours[i], in.at("hours") + "/" + std::to_string(i), faults));
  }
  in.finish();
  return profile;
}

}  // namespace

access::TimeWindow read_window(const Json& json, const std::string& pointer, Faults& faults) {
  JsonReader in(json, pointer, faults);
  access::TimeWindow window;
  window.days = read_days(in);
  window.from = read_clock(in, "from");
  window.to = read_clock(in, "to");
  in.finish();
  return window;
}

access::AccessPolicy read_policy(const Json& json, const std::string& pointer, Faults& faults) {
  JsonReader in(json, pointer, faults);
  access::AccessPolicy policy;
  policy.freshness = std::chrono::seconds(in.integer_or("freshness_s", 60, 20, 300));
  policy.utc_offset_s =
      static_cast<std::int32_t>(in.integer_or("utc_offset_min", 480, -720, 840) * 60);
  const Json& profiles = in.array_or_empty("profiles");
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const std::string at = "profiles/" + std::to_string(i);
    auto profile = read_profile(profiles[i], in.at(at), faults);
    const std::string name = profile.name;
    if (!policy.profiles.emplace(name, std::move(profile)).second) {
      in.fault(at + "/name", "'" + printable(name, 40) + "' is used twice");
    }
  }
  const auto banned = in.texts_or_empty("banned");
  policy.banned.insert(banned.begin(), banned.end());
  in.finish();
  return policy;
}

}  // namespace xiaogate::site
