// Keeps Paho's receive thread awake.
//
// Paho 1.3 polls all sockets for one second and, if none became readable, sleeps for 100 ms in
// which it hears nothing (MQTTAsync_cycle; paho.mqtt.c #1256 tells of the saw-tooth). A scan at a
// quiet gate would wait for up to 100 ms. Nor does a poll that has begun see the socket of a new
// connection, which costs up to a second. So one more Paho client is connected to a socket of our
// own, and every kInterval a PINGRESP makes it readable.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include "model/result.h"

namespace xiaogate::links {

// The server end: speaks as much MQTT as one client needs to hear. A thread of its own.
class Pulse {
 public:
  static constexpr std::chrono::milliseconds kInterval{100};

  // Listens on a free port of 127.0.0.1 until one client has come. "link.system" if the kernel
  // gives no socket or no port.
  static Result<std::unique_ptr<Pulse>> start();
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  Pulse(int listener, int stop, std::uint16_t port);
  void run();
  void beat(int client) const;
  // False when it is time to stop.
  bool wait_readable(int descriptor) const;

  int listener_;
  int stop_;  // eventfd
  std::uint16_t port_;
  std::thread thread_;
};

}  // namespace xiaogate::links
