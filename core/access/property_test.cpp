// Random policies, codes and times: decide() answers what the reference answers. The seed is
// printed; XIAOGATE_SEED=<n> repeats it, XIAOGATE_ROUNDS=<n> goes on for longer.
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>

#include "access/test_reference.h"

namespace xiaogate::access {
namespace {

using std::chrono::local_days;

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kDay = 86'400'000;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Row final : CredentialSource {
  std::optional<CachedCredential> row;
  std::optional<CachedCredential> find(const CredentialId&) override { return row; }
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  bool percent(std::int64_t chance) { return between(1, 100) <= chance; }
  template <class T>
  const T& one_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(
        between(0, static_cast<std::int64_t>(values.size()) - 1))];
  }
  std::set<std::string> some_of(const std::vector<std::string>& values, std::int64_t chance) {
    std::set<std::string> some;
    for (const auto& value : values) {
      if (percent(chance)) some.insert(value);
    }
    return some;
  }

 private:
  std::mt19937_64 engine_;
};

const std::vector<std::string> kNames{"day", "night", "da", "any"};
const std::vector<std::string> kAreas{"court", "garage"};
const std::vector<std::string> kPoints{"gate-1", "gate-2"};

// One case; everything in it is near everything else, so that every rule decides now and then.
struct Case {
  Random random;
  const std::vector<cose::PrivateKey>& keys;  // device, issuer, forger, of another algorithm
  std::int64_t now = 0;
  AccessPolicy policy;
  AccessPoint point;
  TrustedIssuers issuers;
  UsedCodes used;
  Presence presence;
  Row row;
  std::string text;
  bool lock_down = false;
  ClockQuality clock = ClockQuality::synchronised;
  reference::Truth truth;
  reference::World world;

  Case(std::uint64_t seed, const std::vector<cose::PrivateKey>& all) : random(seed), keys(all) {
    // From 2024 to 2034, at whole minutes often.
    now = (reference::kFirstDay + random.between(10, 3'650)) * kDay +
          random.between(0, 1439) * kMinute;
    if (random.percent(50)) now += random.between(-1, 59'999);
    make_policy();
    make_point();
    make_credential();
    make_code();
    make_use();
    make_presence();
    lock_down = random.percent(5);
    clock = random.one_of<ClockQuality>(
        {ClockQuality::synchronised, ClockQuality::holdover, ClockQuality::unset});
  }

  local_days near_today() {
    return local_days(std::chrono::days(now / kDay + random.between(-2, 2)));
  }
  std::optional<local_days> maybe_near_today() {
    if (random.percent(70)) return std::nullopt;
    return near_today();
  }
  // A minute of the day, often the very one.
  std::uint16_t minute() {
    const std::int64_t here = (now + world.utc_offset_ms) / kMinute % 1440;
    const std::int64_t exact = (here + random.between(-1, 1) + 1440) % 1440;
    return static_cast<std::uint16_t>(random.percent(40) ? exact : random.between(0, 1439));
  }

  void make_policy() {
    policy.freshness = std::chrono::seconds(random.between(20, 300));
    world.utc_offset_ms = random.between(-12, 14) * 60 * kMinute;
    policy.calendar.zone = TimeZone(std::chrono::seconds(world.utc_offset_ms / 1000));
    for (int i = 0; i < 3; ++i) {
      if (!random.percent(40)) continue;
      policy.calendar.special_days[near_today()] = static_cast<std::uint8_t>(random.between(0, 7));
    }
    const bool without = random.percent(15);
    for (const auto& name : kNames) {
      if (without || random.percent(30)) continue;
      AccessProfile profile{.name = name};
      for (std::int64_t i = random.between(0, 3); i > 0; --i) {
        profile.hours.push_back({static_cast<std::uint8_t>(random.between(0, 255)), minute(),
                                 minute(), maybe_near_today(), maybe_near_today()});
      }
      profile.areas = random.some_of(kAreas, 20);
      if (random.percent(20)) profile.vehicles.insert(Vehicle::foot);
      if (random.percent(20)) profile.vehicles.insert(Vehicle::e_bike);
      policy.profiles[name] = profile;
    }
    if (random.percent(15)) policy.banned["r-1"] = {.last_day = maybe_near_today()};
    if (random.percent(15)) policy.banned["r-2"] = {};
    for (const auto& area : kAreas) {
      if (!random.percent(40)) continue;
      policy.areas[area].anti_passback = random.percent(50);
      if (random.percent(60)) {
        policy.areas[area].capacity = static_cast<std::uint32_t>(random.between(1, 2));
      }
    }
  }

  void make_point() {
    point.id = random.one_of(kPoints);
    point.closed = random.percent(5);
    point.exit = random.percent(25);
    point.profiles = random.percent(70) ? std::set<std::string>{} : random.some_of(kNames, 50);
    point.areas = random.some_of(kAreas, 60);
    if (random.percent(50)) point.lane = random.percent(50) ? Vehicle::foot : Vehicle::e_bike;
  }

  void make_credential() {
    Credential& credential = truth.credential;
    credential.id = *CredentialId::from_text("c000000000000001");
    credential.subject = random.percent(90) ? "r-1" : "r-3";
    credential.key = keys[0].public_key();
    const auto near = [&](std::int64_t ms) {
      return WallTime(std::chrono::seconds((now + ms) / 1000));
    };
    credential.not_before = near(random.percent(90) ? -kDay : random.between(-2'000, 2'000));
    credential.expires = near(random.percent(90) ? kDay : random.between(-2'000, 2'000));
    for (const auto& name : random.some_of(kNames, 60)) {
      credential.scope += (credential.scope.empty() ? "" : " ") + name;
    }
  }

  void make_code() {
    truth.self_contained = random.percent(50);
    truth.issuer_trusted = random.percent(95);
    const bool forged_code = random.percent(3);
    const bool forged_credential = truth.self_contained && random.percent(3);
    const bool other_algorithm = random.percent(3);
    truth.signatures_genuine = !forged_code && !forged_credential;
    truth.algorithm_known_and_fits = !other_algorithm;
    const std::int64_t off = random.percent(70) ? random.between(-30'000, 30'000)
                             : random.percent(50)
                                 ? random.between(-310'000, 310'000)
                                 : policy.freshness.count() * (random.percent(50) ? 1 : -1);
    truth.issued_at_ms = (now + off) / 1000 * 1000;
    if (random.percent(70)) now = now / 1000 * 1000;  // so that ages hit the window exactly

    const KeyId issuer = *KeyId::from_text("1550000000000001");
    if (truth.issuer_trusted) issuers[issuer] = keys[1].public_key();
    const auto& signer = other_algorithm ? keys[3] : forged_code ? keys[2] : keys[0];
    const WallTime issued_at{Millis(truth.issued_at_ms)};
    std::optional<Bytes> issued;
    if (truth.self_contained) {
      issued = issue_credential(keys[forged_credential ? 3 : 1], issuer, truth.credential).value();
    }
    text = make_rider_code(signer, truth.credential.id, issued_at,
                           issued ? std::optional<ByteView>(*issued) : std::nullopt)
               .value();
    if (random.percent(2)) {
      truth.is_code = false;
      text.pop_back();
      text.pop_back();
    }
    if (random.percent(5)) text += "\r\n";

    if (random.percent(85)) {
      world.cached_status = random.percent(85)   ? CredentialStatus::active
                            : random.percent(50) ? CredentialStatus::suspended
                                                 : CredentialStatus::revoked;
      world.cached_credential = random.percent(90);
      row.row = CachedCredential{*world.cached_status, std::nullopt};
      if (world.cached_credential) row.row->credential = truth.credential;
    }
  }

  void make_use() {
    if (!random.percent(15)) return;
    world.used_at_point = random.one_of(kPoints);
    world.used_at_ms =
        now + random.one_of<std::int64_t>({-3001, -3000, -1, 0, 3000, 3001, -20'000});
    const auto key = decide(text, context()).code;
    used.remember(key, {*world.used_at_point, WallTime(Millis(world.used_at_ms))},
                  WallTime(Millis(truth.issued_at_ms + 300'000)));
  }

  void make_presence() {
    for (const auto& area : kAreas) {
      const auto until = [&] { return now + random.one_of<std::int64_t>({-1, 0, 1, kDay}); };
      if (random.percent(30)) world.inside.emplace_back(area, until());
      for (std::int64_t i = random.between(0, 2); i > 0; --i) {
        world.others.emplace_back(area, until());
      }
    }
    for (const auto& [area, until] : world.inside) {
      presence.enter(area, truth.credential.id, WallTime(Millis(until)));
    }
    std::uint8_t next = 1;
    for (const auto& [area, until] : world.others) {
      presence.enter(area, CredentialId(std::array<std::uint8_t, 8>{0xFF, next++}),
                     WallTime(Millis(until)));
    }
  }

  Context context() {
    return {.point = point,
            .policy = policy,
            .issuers = issuers,
            .used = used,
            .credentials = row,
            .now = WallTime(Millis(now)),
            .lock_down = lock_down,
            .clock = clock,
            .presence = presence};
  }
};

TEST(Property, DecidesAsTheReferenceDoes) {
  const std::uint64_t seed = from_environment("XIAOGATE_SEED", std::random_device{}());
  const std::uint64_t rounds = from_environment("XIAOGATE_ROUNDS", 4'000);
  std::vector<cose::PrivateKey> keys;
  for (const Algorithm algorithm :
       {Algorithm::ed25519, Algorithm::es256, Algorithm::ed25519, Algorithm::es256}) {
    keys.push_back(cose::PrivateKey::generate(algorithm).value());
  }
  std::map<std::string, std::uint64_t> verdicts;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    Case one(seed + round, keys);
    const Context context = one.context();
    const reference::Answer expected = reference::decide(one.truth, one.world, context);
    Trace trace;
    const Decision decision = decide(one.text, context, &trace);
    const std::string told = "XIAOGATE_SEED=" + std::to_string(seed + round) + " XIAOGATE_ROUNDS=1";
    ASSERT_EQ(to_string(decision.verdict), expected.verdict) << told;
    ASSERT_EQ(decision.repeat, expected.repeat) << told;
    ASSERT_EQ(decision.despite ? std::string(to_string(*decision.despite)) : "", expected.despite)
        << told;
    // What explains a decision is the decision: the same with a trace as without.
    ASSERT_EQ(decide(one.text, context).verdict, decision.verdict) << told;
    const Step* step = deciding_step(trace, decision.verdict);
    ASSERT_TRUE(decision.verdict == Verdict::granted || step != nullptr ||
                one.truth.credential.scope.empty())
        << told;
    ++verdicts[expected.verdict + (expected.repeat ? " again" : "")];
  }
  // A generator that never comes to a rule would prove nothing about it.
  if (rounds < 4'000) return;
  EXPECT_EQ(verdicts.size(), kVerdictCount + 1) << "seed " << seed;
  for (const auto& [verdict, count] : verdicts)
    EXPECT_GE(count, 3U) << verdict << ", seed " << seed;
}

}  // namespace
}  // namespace xiaogate::access
