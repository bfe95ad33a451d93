#include "tests/bench/figures.h"

#include <algorithm>

namespace xiaogate::bench {

Json figures(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double part) {
    const auto last = static_cast<double>(values.size() - 1);
    return values.empty() ? 0.0 : values[static_cast<std::size_t>(part * last)];
  };
  return {
      {"n", values.size()}, {"p50", at(0.5)}, {"p90", at(0.9)}, {"p99", at(0.99)}, {"max", at(1)}};
}

}  // namespace xiaogate::bench
