// What is told of a series of measurements.
#pragma once

#include <vector>

#include "model/json.h"

namespace xiaogate::bench {

// {"n", "p50", "p90", "p99", "max"}; zeros of an empty one.
Json figures(std::vector<double> values);

}  // namespace xiaogate::bench
