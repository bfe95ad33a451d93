#include "network.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>

using nlohmann::json;

namespace {

constexpr std::size_t kMostSeen = 16;
// Uplinks overtake each other by one or two; a counter that is further behind begins anew.
constexpr std::uint32_t kFarthestBehind = 16;

std::optional<std::int64_t> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data() + at, text.data() + at + count, value);
  if (fault != std::errc() || end != text.data() + at + count) return std::nullopt;
  return value;
}

// "Z", "+08:00"; as milliseconds.
std::optional<std::int64_t> offset_ms(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, 4, 2);
  if (!hours || !minutes) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes) * 60'000;
}

int base64_digit(char c) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto at = kDigits.find(c);
  if (at == kDigits.npos) throw std::runtime_error("data is no base64");
  return static_cast<int>(at);
}

}  // namespace

Frame read_frame(const json& up) {
  return {up.value("deduplicationId", ""), up.value("devAddr", ""),
          static_cast<std::uint32_t>(
              up.value("fCnt", json(0)).get_ref<const json::number_integer_t&>()),
          parse_time(up.value("time", ""))};
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  std::size_t end = 19;
  std::int64_t millis = 0;
  if (end < text.size() && text[end] == '.') {
    const std::size_t fraction = end + 1;
    end = std::min(text.find_first_not_of("0123456789", fraction), text.size());
    for (std::size_t i = 0; i < 3; ++i) {
      millis = millis * 10 + (fraction + i < end ? text[fraction + i] - '0' : 0);
    }
  }
  const auto offset = offset_ms(text.substr(end));
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!offset || !date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + *hour) * 60 + *minute) * 60 + *second) * 1000 + millis - *offset;
}

std::vector<std::uint8_t> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::vector<std::uint8_t> out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = bits << 6U | static_cast<std::uint32_t>(base64_digit(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(count)));
  }
  return out;
}

bool Order::take(const Frame& frame, bool restarted) {
  if (!frame.deduplication_id.empty()) {
    if (std::ranges::find(seen_, frame.deduplication_id) != seen_.end()) return false;
    if (seen_.size() == kMostSeen) seen_.pop_front();
    seen_.push_back(frame.deduplication_id);
  }
  if (last_ && !restarted && !newer(frame)) return false;
  if (last_ && last_->dev_addr != frame.dev_addr) former_addr_ = last_->dev_addr;
  last_ = frame;
  return true;
}

bool Order::newer(const Frame& frame) const {
  if (frame.time_ms && last_->time_ms && *frame.time_ms > *last_->time_ms) return true;
  if (frame.dev_addr != last_->dev_addr) return frame.dev_addr != former_addr_;
  // Some networks pass the counter on as it is on the air: 16 bits. No frame is 2^15 ahead.
  const bool on_air = frame.counter <= 0xffff && last_->counter <= 0xffff;
  const std::uint32_t mask = on_air ? 0xffffU : 0xffff'ffffU;
  const std::uint32_t ahead = (frame.counter - last_->counter) & mask;
  if (ahead != 0 && ahead <= mask / 2) return true;
  const std::uint32_t behind = (last_->counter - frame.counter) & mask;
  return !(frame.time_ms && last_->time_ms) && behind > kFarthestBehind;
}

std::string Order::text() const {
  if (!last_) return {};
  json out{{"addr", last_->dev_addr}, {"counter", last_->counter}};
  if (last_->time_ms) out["time_ms"] = *last_->time_ms;
  return out.dump();
}

void Order::restore(std::string_view text) {
  const json stored = json::parse(text);
  Frame frame{"", stored.value("addr", ""), stored.value("counter", std::uint32_t{0}), {}};
  if (stored.contains("time_ms")) frame.time_ms = stored.at("time_ms").get<std::int64_t>();
  last_ = std::move(frame);
}
