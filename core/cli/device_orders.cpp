#include "cli/device_orders.h"

#include <array>
#include <cerrno>

#include <unistd.h>

#include "model/bytes.h"

namespace xiaogate::cli {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::size_t kMostWaiting = std::size_t{1} << 20U;

std::string_view word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  const auto end = std::min(rest.find_first_of(kBlanks), rest.size());
  const auto found = rest.substr(0, end);
  rest.remove_prefix(end);
  return found;
}

}  // namespace

Result<std::optional<DeviceOrder>> parse_device_order(std::string_view line) {
  std::string_view rest = line;
  DeviceOrder order;
  order.device = word(rest);
  if (order.device.empty() || order.device.starts_with('#')) return std::nullopt;
  order.action = word(rest);
  if (order.action.empty()) {
    return failure("order.invalid", "an order is \"<device> <action> [<JSON input>]\", not '" +
                                        printable(line, 100) + "'");
  }
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  if (!rest.empty()) order.input = rest.substr(0, rest.find_last_not_of(kBlanks) + 1);
  return order;
}

void OrderReader::read_more() {
  std::array<char, 4096> part{};
  const ssize_t count = read(descriptor_, part.data(), part.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0 || text_.size() > kMostWaiting) {
    descriptor_ = -1;
    return;
  }
  text_.append(part.data(), static_cast<std::size_t>(count));
}

std::optional<std::string> OrderReader::next() {
  const auto end = text_.find('\n');
  if (end == std::string::npos && (descriptor_ >= 0 || text_.empty())) return std::nullopt;
  std::string line = text_.substr(0, end);
  text_.erase(0, end == std::string::npos ? text_.size() : end + 1);
  return line;
}

}  // namespace xiaogate::cli
