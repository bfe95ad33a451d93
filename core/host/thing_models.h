// The texts of devices/*/*.tm.json, which the build puts into the program.
#pragma once

#include <span>
#include <string_view>

namespace xiaogate::host {

std::span<const std::string_view> thing_models();

}  // namespace xiaogate::host
