// Paho's C client with TCP_NODELAY and nothing else: the floor below everything that speaks MQTT.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "links/broker_address.h"

namespace xiaogate::bench {

// What `bench_links --respond` hears and what it answers with the same payload.
inline constexpr const char* kRequest = "bench/request";
inline constexpr const char* kAnswer = "bench/answer";

// The broker at `url`, which is one of ours.
links::BrokerAddress address_of(const std::string& url);

// Borrowed for the call.
struct Heard {
  std::string_view topic;
  std::string_view payload;
};

class BareClient {
 public:
  // On Paho's receive thread; may send.
  using OnMessage = std::function<void(BareClient&, const Heard&)>;

  // Connected and subscribed (QoS 1) when it returns. Throws std::runtime_error when that fails.
  BareClient(const std::string& url, const char* id, const std::vector<std::string>& filters,
             OnMessage on_message);
  ~BareClient();
  BareClient(const BareClient&) = delete;
  BareClient& operator=(const BareClient&) = delete;

  // Any thread. Throws std::runtime_error when Paho's buffer is full.
  void send(const std::string& topic, std::string_view payload, bool retain = false);

 private:
  OnMessage on_message_;
  std::atomic<std::size_t> steps_{0};  // CONNACK and SUBACKs
  void* client_ = nullptr;
};

}  // namespace xiaogate::bench
