#include "site/effect_quota.h"

#include <algorithm>

namespace xiaogate::site {

Allowance::Allowance(std::int64_t per_second, std::int64_t most, MonoTime now)
    : per_second_(per_second), most_(most * 1000), thousandths_(most_), counted_(now) {}

bool Allowance::any(MonoTime now) {
  // So much of a second is worth one thousandth times the rate. A day fills anything, and more
  // would only run over.
  const auto passed = std::clamp<std::int64_t>((now - counted_).count(), 0, 86'400'000);
  counted_ = std::max(counted_, now);
  thousandths_ = std::min(most_, thousandths_ + passed * per_second_);
  return thousandths_ >= 1000;
}

void Allowance::give(std::int64_t count) {
  thousandths_ = std::min(most_, thousandths_ + count * 1000);
}

EffectQuota::Account& EffectQuota::account(const std::string& device, MonoTime now) {
  return accounts_
      .try_emplace(device, Account{Allowance(kEffectsPerSecond, kEffectsSaved, now),
                                   Allowance(kRecordsPerSecond, kRecordsSaved, now)})
      .first->second;
}

bool EffectQuota::effect(const std::string& device, std::size_t octets, MonoTime now) {
  Allowance& effects = account(device, now).effects;
  if (!effects.any(now)) return false;
  effects.take(1 + static_cast<std::int64_t>(octets / kOctets));
  return true;
}

bool EffectQuota::event(const std::string& device, MonoTime now) {
  return account(device, now).records.any(now);
}

void EffectQuota::recorded(const std::string& device, std::uint64_t records, MonoTime now) {
  account(device, now).records.take(static_cast<std::int64_t>(records));
}

void EffectQuota::opening(const std::string& device, MonoTime now) {
  Account& of_device = account(device, now);
  of_device.effects.give(kPerOpening);
  of_device.records.give(kPerOpening);
}

}  // namespace xiaogate::site
