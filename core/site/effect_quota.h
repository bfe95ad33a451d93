// How much a device's plugin may make of it: enough for every device there is, too little for a
// flood. Per device, so that one that floods costs only itself, whoever shares its plugin.
//
// A device has two allowances, refilled by time alone. Messages refill nothing: a plugin could talk
// to itself through the broker, and a device that answers each publish would multiply them. The one
// thing that refills them besides is an opening, for nobody can make up a rider's signature.
//   effects  each takes one, and one more for every 4 KiB of it
//   records  what the journal grew by because of an event; an event needs one to be left
// So a timer of no delay that sets itself again ends by itself, and the journal cannot be filled.
//
// What carries out an opening, or is for people's safety, is not counted at all, and neither are
// the events of alarm inputs: a fire must get through whatever went before it. The site sees to
// that.
//
// Pure; lives on the site's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "model/time.h"

namespace xiaogate::site {

// So many a second, and as many saved up as `most`, with which it begins.
class Allowance {
 public:
  Allowance(std::int64_t per_second, std::int64_t most, MonoTime now);

  // Whether there is any at `now`.
  bool any(MonoTime now);
  // Takes them, into debt if need be: what has happened is paid for afterwards.
  void take(std::int64_t count) { thousandths_ -= count * 1000; }
  void give(std::int64_t count);

 private:
  std::int64_t per_second_;
  std::int64_t most_;
  std::int64_t thousandths_;
  MonoTime counted_;
};

class EffectQuota {
 public:
  static constexpr std::int64_t kEffectsPerSecond = 100;
  static constexpr std::int64_t kEffectsSaved = 1000;
  static constexpr std::int64_t kRecordsPerSecond = 4;
  static constexpr std::int64_t kRecordsSaved = 250;
  static constexpr std::int64_t kPerOpening = 16;  // of both
  static constexpr std::size_t kOctets = 4096;     // that cost as much as one effect
  static constexpr std::size_t kMostTimers = 16;   // of one device at a time

  // Takes an effect of `octets` for the device; false, and nothing taken, when none is left.
  bool effect(const std::string& device, std::size_t octets, MonoTime now);
  // Whether an event of the device may be looked at; recorded() then tells what came of it.
  bool event(const std::string& device, MonoTime now);
  void recorded(const std::string& device, std::uint64_t records, MonoTime now);

  // The device has part in an opening.
  void opening(const std::string& device, MonoTime now);

 private:
  struct Account {
    Allowance effects;
    Allowance records;
  };
  Account& account(const std::string& device, MonoTime now);

  std::map<std::string, Account> accounts_;  // of devices of the configuration that had effects
};

}  // namespace xiaogate::site
