// The devices of a bench's site, all in one process and as quick as can be: readers that publish
// codes, and gates that answer an opening as a Shelly does. Measures from scan to open.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "tests/bench/bare_client.h"
#include "tests/bench/floors.h"

namespace xiaogate::bench {

class Devices {
 public:
  // At the broker of a site as GatewayStage describes it. The hub's broker tells which records the
  // hub has.
  Devices(const std::string& site_broker, const std::string& hub_broker, std::size_t access_points);

  // Shows a code to the next reader in turn.
  void scan(const std::string& code);
  // The same, without the place of its own in the order of openings: for a gateway that is not up.
  void knock(const std::string& code);

  // Openings heard since the last forget().
  std::size_t opened() const;
  // Throws std::runtime_error when as many did not come in time.
  void wait_opened(std::size_t count);
  // False when `limit` passed first.
  bool wait_opened(std::size_t count, std::chrono::milliseconds limit);
  // Until the hub has the record of the last opening on stable storage.
  void wait_reported();
  // How long each took since then, from publishing the code to the gate's command, in order of
  // opening.
  std::vector<double> micros() const;
  void forget();

 private:
  void heard(BareClient& client, const Heard& message);
  void acknowledged(const Heard& message);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::deque<Clock::time_point>> waiting_;  // by access point, in order of scanning
  std::size_t turn_ = 0;
  std::size_t opened_ = 0;
  std::uint64_t last_decision_ = 0;
  std::uint64_t reported_ = 0;
  std::size_t awaited_ = SIZE_MAX;  // openings that somebody sleeps for
  std::vector<double> micros_;
  BareClient site_;
  BareClient hub_;
};

}  // namespace xiaogate::bench
