#include "tests/bench/boundary.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "host/interfaces.h"

namespace xiaogate::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

// One event is too short for the clock.
constexpr int kBatch = 20;

template <class Work>
double one(const Work& work) {
  const auto start = Clock::now();
  for (int i = 0; i < kBatch; ++i) {
    if (!work()) throw std::runtime_error("an event that is in order was refused");
  }
  return Micros(Clock::now() - start).count() / kBatch;
}

Json compare(const host::BoundInterfaces& interfaces, const std::string& event, const Json& body,
             int rounds) {
  const std::string text = canonical(body);
  std::vector<double> check;
  std::vector<double> parse;
  for (int i = 0; i < rounds; ++i) {
    parse.push_back(one([&] { return parse_json(text).has_value(); }));
    check.push_back(one([&] { return interfaces.check_event(event, text).has_value(); }));
  }
  std::ranges::sort(check);
  std::ranges::sort(parse);
  const auto at = [](const std::vector<double>& took, std::size_t percent) {
    return took[took.size() * percent / 100];
  };
  return {{"check_p50", at(check, 50)},
          {"check_p99", at(check, 99)},
          {"parse_p50", at(parse, 50)},
          {"parse_p99", at(parse, 99)}};
}

}  // namespace

Json boundary(int rounds) {
  const auto interfaces =
      host::Interfaces::load().value().bind({{"reader", {}}, {"swap_cabinet", {}}});
  const Json scanned{{"code", std::string(300, 'C')}, {"token", "17"}};
  const Json slot{{"slot", 7},
                  {"state", "charging"},
                  {"door", "closed"},
                  {"locked", false},
                  {"battery", "BQ1234567890ABCD"},
                  {"charge", 84.5},
                  {"health", 97},
                  {"voltage", 61.2},
                  {"temperature", 31.5},
                  {"cycles", 212}};
  return {{"scanned", compare(interfaces, "scanned", scanned, rounds)},
          {"slot", compare(interfaces, "slot", slot, rounds)}};
}

}  // namespace xiaogate::bench
