#include "simulator/order_lines.h"

#include <cerrno>
#include <csignal>
#include <sstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace xiaogate::devices {

Result<OrderLines> OrderLines::open(const std::string& file) {
  if (file.empty()) {
    // In a shell's background reading the terminal would stop the process; so it is an error of
    // the read, which ends the orders.
    std::signal(SIGTTIN, SIG_IGN);
    return OrderLines(STDIN_FILENO);
  }
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return failure("order.file", file + ": " + std::generic_category().message(errno));
  }
  return OrderLines(descriptor);
}

OrderLines::OrderLines(OrderLines&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      partial_(std::move(other.partial_)),
      lines_(std::move(other.lines_)) {}

OrderLines::~OrderLines() {
  if (descriptor_ > STDIN_FILENO) close(descriptor_);
}

void OrderLines::read_more() {
  char buffer[4096];
  const auto size = read(descriptor_, buffer, sizeof buffer);
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (size <= 0) return end();
  partial_.append(buffer, static_cast<std::size_t>(size));
  for (auto at = partial_.find('\n'); at != partial_.npos; at = partial_.find('\n')) {
    add(partial_.substr(0, at));
    partial_.erase(0, at + 1);
  }
}

std::optional<std::string> OrderLines::next() {
  if (lines_.empty()) return std::nullopt;
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

void OrderLines::end() {
  add(std::exchange(partial_, {}));
  if (descriptor_ > STDIN_FILENO) close(descriptor_);
  descriptor_ = -1;
}

void OrderLines::add(std::string line) {
  const auto words = split_words(line);
  if (!words.empty() && !words.front().starts_with('#')) lines_.push_back(std::move(line));
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::istringstream in{std::string(line)};
  for (std::string word; in >> word;) words.push_back(std::move(word));
  return words;
}

}  // namespace xiaogate::devices
