// Waiting for a condition, never for a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace xiaogate::test {

inline constexpr std::chrono::milliseconds kPatience{20000};

// Polls `condition` until it holds; false if `limit` passed first. For conditions that announce
// themselves to nobody, such as a port that begins to answer.
bool wait_until(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = kPatience);

// A TCP port of 127.0.0.1 that was free a moment ago.
std::uint16_t free_port();

// Whether something accepts connections on that port of 127.0.0.1.
bool accepts_connections(std::uint16_t port);

}  // namespace xiaogate::test
