// What a scan cannot do without, each by itself and with nothing around it: a round trip through
// the broker, one durable record, one verified signature.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "tests/bench/bare_client.h"
#include "tests/support/process.h"

namespace xiaogate::bench {

using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

inline constexpr std::size_t kPayload = 300;  // octets of a record, a code, a message

// Device -> broker -> responder in another process -> broker -> device, QoS 1, bare Paho with
// TCP_NODELAY at both ends.
class RoundTrip {
 public:
  // `bench_links`: the program whose --respond answers; `log`: where its output goes.
  RoundTrip(const std::string& broker, const std::filesystem::path& bench_links,
            const std::filesystem::path& log);

  Micros once();
  // Round trips a second with `window` requests unanswered.
  double saturated(std::size_t count, std::ptrdiff_t window);

 private:
  void answered();

  std::counting_semaphore<> answers_{0};
  std::unique_ptr<test::Process> responder_;
  BareClient client_;
};

// One record of 300 octets in one transaction of bare SQLite, WAL, synchronous=FULL.
class DurableRecord {
 public:
  explicit DurableRecord(const std::filesystem::path& file);
  ~DurableRecord();
  DurableRecord(const DurableRecord&) = delete;
  DurableRecord& operator=(const DurableRecord&) = delete;

  Micros once();

 private:
  void* database_ = nullptr;
  void* insert_ = nullptr;
};

// One Ed25519 signature over 300 octets, verified by bare OpenSSL from the 32 octets of the key.
class Verification {
 public:
  Verification();

  Micros bare();
  // The same through cose::verify().
  Micros ours();

 private:
  std::string message_;
  std::vector<unsigned char> key_;
  std::vector<unsigned char> signature_;
};

}  // namespace xiaogate::bench
