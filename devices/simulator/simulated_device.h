// A product as a gateway meets it over MQTT, faults included, as a pure function: no connection, no
// thread, no clock. simulator.h puts it on a broker; tests talk to it directly. Single-threaded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::devices {

struct Publication {
  std::string topic;
  std::string payload;
  bool retain = false;
};

// The same name again replaces the timer; a negative time cancels it.
struct DeviceTimer {
  std::string name;
  Millis in{0};
};

// What comes of one thing that happened to the device.
struct Doings {
  std::vector<Publication> publications;
  std::vector<DeviceTimer> timers;
  std::vector<Json> happened;  // lines of the log: objects with a "what"
};

class SimulatedDevice {
 public:
  SimulatedDevice() = default;
  SimulatedDevice(const SimulatedDevice&) = delete;
  SimulatedDevice& operator=(const SimulatedDevice&) = delete;
  virtual ~SimulatedDevice() = default;

  // Topic filters that it listens on.
  virtual std::vector<std::string> subscriptions() const = 0;
  // What its broker says when it vanishes.
  virtual std::optional<Publication> last_will() const { return std::nullopt; }

  // It is at its broker, at first or again.
  virtual Doings connected(WallTime now) = 0;
  virtual Doings message(std::string_view topic, std::string_view payload, WallTime now) = 0;
  virtual Doings due(std::string_view timer, WallTime now) = 0;
  // Its power came back: what it kept in memory is gone, and so are its timers.
  virtual void rebooted() {}

  // One line of orders of its family, e.g. {"door", "open"}; never empty. Error "order.unknown"
  // with a sentence that says what there is.
  virtual Result<Doings> order(const std::vector<std::string>& words, WallTime now) = 0;
  // The same, as the line was written: for a device to which its blanks matter.
  virtual Result<Doings> order_line(std::string_view, const std::vector<std::string>& words,
                                    WallTime now) {
    return order(words, now);
  }
  // Whether it waits for no answer. A simulator that ends with its orders waits for this.
  virtual bool idle() const { return true; }
};

}  // namespace xiaogate::devices
