// What a person types while a plugin is recorded: an order a line, "<device> <action> [<input>]",
// e.g. `gate-1 open` or `sign-1 show {"lines":["hello"]}`. Blank lines, and those that begin with
// '#', are skipped. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace xiaogate::cli {

struct DeviceOrder {
  std::string device;
  std::string action;
  std::string input = "{}";  // JSON, as it stands on the line
};

// nullopt: a line to skip. Error "order.invalid".
Result<std::optional<DeviceOrder>> parse_device_order(std::string_view line);

// Lines of a descriptor that a poll loop waits on. Borrows the descriptor.
class OrderReader {
 public:
  explicit OrderReader(int descriptor) : descriptor_(descriptor) {}

  // -1 once everything has been read; poll(2) then skips it.
  int descriptor() const { return descriptor_; }
  // REQUIRES: the descriptor is readable, for it may block otherwise.
  void read_more();
  // The next whole line, without its line feed; at the end also a last one that lacks it.
  std::optional<std::string> next();

 private:
  int descriptor_;
  std::string text_;
};

}  // namespace xiaogate::cli
