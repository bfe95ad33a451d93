// A reader as a gateway sees it over MQTT, in each of the protocols that plugins/reader knows:
// what it publishes for a scan, and how it understands the answer. No connection, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"
#include "model/time.h"

namespace xiaogate::devices {

struct ReaderOptions {
  std::string protocol = "generic";  // "generic", "vbar" or "native"
  std::string topic = {};            // generic: where scans go
  std::string feedback_topic = {};   // generic: where answers come from; empty: nowhere
  std::string serial = {};           // vbar
  std::string device = {};           // native: the device's id
};

struct Scan {
  std::string topic;
  std::string payload;
};

struct Answer {
  std::optional<bool> granted;  // unknown to a generic reader: it shows what it is told
  std::string text;             // what a person would see
};

class ReaderDevice {
 public:
  // Error "reader.options": an option of this protocol is missing.
  static Result<ReaderDevice> create(ReaderOptions options);

  // What it publishes for its `number`-th scan.
  Scan scan(std::string_view code, std::uint64_t number, WallTime now) const;
  // The topic on which it hears answers; empty when it hears none.
  std::string answer_topic() const;
  // Nothing when the payload is no answer.
  std::optional<Answer> answer(std::string_view payload) const;

 private:
  explicit ReaderDevice(ReaderOptions options) : options_(std::move(options)) {}

  ReaderOptions options_;
};

}  // namespace xiaogate::devices
