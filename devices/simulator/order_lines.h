// Lines of orders as they come, from a file or by hand.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace xiaogate::devices {

// A descriptor read without ever waiting for it, cut into lines. Single-threaded.
class OrderLines {
 public:
  // The file's lines; standard input's when `file` is empty. Error "order.file".
  static Result<OrderLines> open(const std::string& file);
  OrderLines(OrderLines&& other) noexcept;
  OrderLines& operator=(OrderLines&&) = delete;
  ~OrderLines();

  // To be polled for reading; -1 once there is nothing more to come.
  int descriptor() const { return descriptor_; }
  // Reads what is there. Call it when the descriptor is readable.
  void read_more();
  // The next complete line; never blank, never one that begins with '#'.
  std::optional<std::string> next();
  // Whether every line has been taken and no more will come.
  bool ended() const { return descriptor_ < 0 && lines_.empty(); }

 private:
  explicit OrderLines(int descriptor) : descriptor_(descriptor) {}
  void end();
  void add(std::string line);

  int descriptor_;
  std::string partial_;
  std::deque<std::string> lines_;
};

std::vector<std::string> split_words(std::string_view line);

}  // namespace xiaogate::devices
