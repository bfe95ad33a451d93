#include "access/decide.h"

#include <gmock/gmock.h>

#include "access/base45.h"
#include "access/claims.h"
#include "cose/sign1.h"

namespace xiaogate::access {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = WallTime(1'791'946'695s);
const CredentialId kId(std::array<std::uint8_t, 8>{0x30, 0xB1, 0xA0, 0x11, 0x22, 0xD7, 0x7F, 0x1F});
const KeyId kIssuer(std::array<std::uint8_t, 8>{1, 2, 3, 4, 5, 6, 7, 8});

class OneEntry : public CredentialSource {
 public:
  std::optional<CachedCredential> find(const CredentialId& id) override {
    return id == kId ? entry : std::nullopt;
  }
  std::optional<CachedCredential> entry;
};

// One rider, one issuer, one gate; the tests change what they are about.
class Scan : public testing::Test {
 protected:
  explicit Scan(Algorithm algorithm = Algorithm::ed25519)
      : device_(cose::PrivateKey::generate(algorithm).value()),
        issuer_(cose::PrivateKey::generate(algorithm).value()) {
    credential_ = {kId, "r-1", device_.public_key(), kNow - 24h, kNow + 24h, "rider.gate"};
    issuers_[kIssuer] = issuer_.public_key();
    cache_.entry = CachedCredential{CredentialStatus::active, credential_};
    point_.id = "gate-1";
  }

  std::string short_code(WallTime issued_at = kNow) {
    return make_rider_code(device_, kId, issued_at).value();
  }
  std::string full_code(WallTime issued_at = kNow) {
    const Bytes issued = issue_credential(issuer_, kIssuer, credential_).value();
    return make_rider_code(device_, kId, issued_at, issued).value();
  }
  Decision scan(const std::string& code, WallTime now = kNow) {
    return decide(code, {point_, policy_, issuers_, used_, cache_, now, lock_down_, clock_});
  }
  // What the site does with a granted code.
  void use(const Decision& decision, WallTime now = kNow) {
    used_.remember(decision.code, {point_.id, now},
                   remember_until(decision.issued_at.value(), policy_));
  }

  cose::PrivateKey device_;
  cose::PrivateKey issuer_;
  Credential credential_;
  TrustedIssuers issuers_;
  OneEntry cache_;
  UsedCodes used_;
  AccessPolicy policy_;
  AccessPoint point_;
  bool lock_down_ = false;
  ClockQuality clock_ = ClockQuality::synchronised;
};

class ScanOf : public Scan, public testing::WithParamInterface<Algorithm> {
 protected:
  ScanOf() : Scan(GetParam()) {}
};

TEST_P(ScanOf, GrantsTheShortCode) {
  const Decision decision = scan(short_code());
  EXPECT_EQ(decision.verdict, Verdict::granted);
  EXPECT_EQ(decision.credential, kId);
  EXPECT_EQ(decision.subject, "r-1");
  EXPECT_EQ(decision.issued_at, kNow);
  EXPECT_FALSE(decision.repeat);
  EXPECT_FALSE(decision.learned.has_value());
}

TEST_P(ScanOf, GrantsTheFullCodeAndLearnsItsCredential) {
  cache_.entry.reset();
  const Decision decision = scan(full_code());
  EXPECT_EQ(decision.verdict, Verdict::granted);
  EXPECT_EQ(decision.learned, credential_);
}

TEST_P(ScanOf, AForgedCodeNamesNobody) {
  const auto other = cose::PrivateKey::generate(GetParam()).value();
  const Decision decision = scan(make_rider_code(other, kId, kNow).value());
  EXPECT_EQ(decision.verdict, Verdict::bad_signature);
  EXPECT_FALSE(decision.credential.has_value());
  EXPECT_EQ(decision.subject, "");
  EXPECT_FALSE(decision.issued_at.has_value());
}

INSTANTIATE_TEST_SUITE_P(Decide, ScanOf,
                         testing::Values(Algorithm::ed25519, Algorithm::es256, Algorithm::sm2),
                         [](const auto& test) { return std::string(to_string(test.param)); });

// --- the order of the verdicts: everything is wrong at first, then mended step by step
// ------------

TEST_F(Scan, TellsTheFirstThatAppliesByReference) {
  const auto es256 = cose::PrivateKey::generate(Algorithm::es256).value();
  const auto forger = cose::PrivateKey::generate(Algorithm::ed25519).value();
  const WallTime old = kNow - 61s;
  credential_.expires = kNow;
  credential_.scope = "unheard";
  policy_.profiles["rider.gate"] = {"rider.gate", {{0, 0, 0}}};
  policy_.banned["r-1"] = {};
  point_.closed = true;
  cache_.entry.reset();

  EXPECT_EQ(scan(short_code(old) + "X").verdict, Verdict::malformed_code);
  EXPECT_EQ(scan(short_code(old)).verdict, Verdict::unknown_credential);
  cache_.entry = CachedCredential{CredentialStatus::revoked, credential_};
  EXPECT_EQ(scan(make_rider_code(es256, kId, old).value()).verdict, Verdict::unsupported_algorithm);
  EXPECT_EQ(scan(make_rider_code(forger, kId, old).value()).verdict, Verdict::bad_signature);
  EXPECT_EQ(scan(short_code(old)).verdict, Verdict::credential_revoked);
  cache_.entry->status = CredentialStatus::suspended;
  EXPECT_EQ(scan(short_code(old)).verdict, Verdict::credential_suspended);
  cache_.entry->status = CredentialStatus::active;
  EXPECT_EQ(scan(short_code(old)).verdict, Verdict::credential_expired);
  cache_.entry->credential->expires = kNow + 1ms;
  cache_.entry->credential->not_before = kNow + 1ms;
  EXPECT_EQ(scan(short_code(old)).verdict, Verdict::credential_not_yet_valid);
  cache_.entry->credential->not_before = kNow;
  const Decision stale = scan(short_code(old));
  EXPECT_EQ(stale.verdict, Verdict::stale_code);
  EXPECT_EQ(stale.credential, kId) << "its signature was verified";
  used_.remember(scan(short_code()).code, {"gate-2", kNow}, kNow + 60s);
  EXPECT_EQ(scan(short_code()).verdict, Verdict::replayed_code);
  used_ = UsedCodes();
  EXPECT_EQ(scan(short_code()).verdict, Verdict::no_access_profile);
  cache_.entry->credential->scope = "rider.gate";
  EXPECT_EQ(scan(short_code()).verdict, Verdict::outside_schedule);
  policy_.profiles["rider.gate"].hours.clear();
  EXPECT_EQ(scan(short_code()).verdict, Verdict::site_banned);
  policy_.banned.clear();
  EXPECT_EQ(scan(short_code()).verdict, Verdict::access_point_closed);
  point_.closed = false;
  EXPECT_EQ(scan(short_code()).verdict, Verdict::granted);
}

TEST_F(Scan, TellsTheFirstThatAppliesSelfContained) {
  const auto forger = cose::PrivateKey::generate(Algorithm::ed25519).value();
  const auto es256 = cose::PrivateKey::generate(Algorithm::es256).value();
  const auto by = [&](const cose::PrivateKey& device, const cose::PrivateKey& issuer) {
    const Bytes issued = issue_credential(issuer, kIssuer, credential_).value();
    return make_rider_code(device, kId, kNow - 61s, issued).value();
  };
  cache_.entry = CachedCredential{CredentialStatus::revoked, std::nullopt};
  issuers_.clear();
  EXPECT_EQ(scan(by(es256, issuer_)).verdict, Verdict::unsupported_algorithm)
      << "the rider's alg is not that of the credential's key";
  EXPECT_EQ(scan(by(device_, es256)).verdict, Verdict::unknown_issuer);
  issuers_[kIssuer] = issuer_.public_key();
  EXPECT_EQ(scan(by(device_, es256)).verdict, Verdict::unsupported_algorithm)
      << "the issuer's alg is not that of its key";
  EXPECT_EQ(scan(by(device_, forger)).verdict, Verdict::bad_signature);
  EXPECT_EQ(scan(by(forger, issuer_)).verdict, Verdict::bad_signature);
  EXPECT_EQ(scan(by(device_, issuer_)).verdict, Verdict::credential_revoked);
  cache_.entry.reset();
  EXPECT_EQ(scan(by(device_, issuer_)).verdict, Verdict::stale_code);
}

// --- what the cache knows ----------------------------------------------------------------------

TEST_F(Scan, AStatusWithoutCredentialCannotVerifyAShortCode) {
  cache_.entry = CachedCredential{CredentialStatus::revoked, std::nullopt};
  EXPECT_EQ(scan(short_code()).verdict, Verdict::unknown_credential);
}

TEST_F(Scan, AStatusWithoutCredentialWinsOverTheIssuer) {
  for (const auto& [status, verdict] :
       {std::pair{CredentialStatus::revoked, Verdict::credential_revoked},
        std::pair{CredentialStatus::suspended, Verdict::credential_suspended}}) {
    cache_.entry = CachedCredential{status, std::nullopt};
    const Decision decision = scan(full_code());
    EXPECT_EQ(decision.verdict, verdict);
    EXPECT_FALSE(decision.learned.has_value()) << "learning would restore it";
  }
  cache_.entry = CachedCredential{CredentialStatus::active, std::nullopt};
  EXPECT_EQ(scan(full_code()).learned, credential_);
}

TEST_F(Scan, AFullCodeIsDecidedByWhatTheIssuerSigned) {
  cache_.entry->credential->expires = kNow;
  EXPECT_EQ(scan(short_code()).verdict, Verdict::credential_expired);
  const Decision decision = scan(full_code());
  EXPECT_EQ(decision.verdict, Verdict::granted);
  EXPECT_FALSE(decision.learned.has_value());
}

TEST_F(Scan, ACredentialThatIsOverIsNotLearned) {
  cache_.entry.reset();
  credential_.expires = kNow;
  const Decision decision = scan(full_code());
  EXPECT_EQ(decision.verdict, Verdict::credential_expired);
  EXPECT_FALSE(decision.learned.has_value());
}

TEST_F(Scan, AStaleCodeStillTeachesItsCredential) {
  cache_.entry.reset();
  const Decision decision = scan(full_code(kNow - 61s));
  EXPECT_EQ(decision.verdict, Verdict::stale_code);
  EXPECT_EQ(decision.learned, credential_);
}

// --- freshness ---------------------------------------------------------------------------------

TEST_F(Scan, TheWindowIsClosedAtBothEnds) {
  EXPECT_EQ(scan(short_code(kNow - 60s)).verdict, Verdict::granted);
  EXPECT_EQ(scan(short_code(kNow - 60s), kNow + 1ms).verdict, Verdict::stale_code);
  EXPECT_EQ(scan(short_code(kNow + 60s)).verdict, Verdict::granted);
  EXPECT_EQ(scan(short_code(kNow + 60s), kNow - 1ms).verdict, Verdict::future_code);
  policy_.freshness = 20s;
  EXPECT_EQ(scan(short_code(kNow - 21s)).verdict, Verdict::stale_code);
}

TEST_F(Scan, NoIssuedAtOverflows) {
  const KeyId kid = KeyId::from_bytes(kId.bytes()).value();
  for (const std::uint64_t issued_at :
       {std::uint64_t{1} << 53U, std::uint64_t{9'223'372'036'854'775}, std::uint64_t{1} << 63U,
        ~std::uint64_t{0}}) {
    const Bytes octets = cose::sign1(device_, kid, write_issued_at(issued_at)).value();
    EXPECT_EQ(scan("XG1:" + encode_base45(octets)).verdict, Verdict::future_code) << issued_at;
  }
  EXPECT_EQ(scan(short_code(WallTime(0ms))).verdict, Verdict::stale_code);
}

// --- one use -----------------------------------------------------------------------------------

TEST_F(Scan, TheReadersRepeatIsGrantedOnce) {
  const std::string code = short_code();
  const Decision first = scan(code);
  EXPECT_FALSE(first.repeat);
  use(first);
  for (const Millis later : {0ms, 1ms, 3'000ms, -500ms}) {
    const Decision again = scan(code + "\r\n", kNow + later);
    EXPECT_EQ(again.verdict, Verdict::granted);
    EXPECT_TRUE(again.repeat) << later.count();
  }
  for (const Millis later : {3'001ms, 59'000ms, -10'000ms}) {
    const Decision again = scan(code, kNow + later);
    EXPECT_EQ(again.verdict, Verdict::replayed_code) << later.count();
    EXPECT_FALSE(again.repeat);
  }
}

TEST_F(Scan, AnotherGateIsNoRepeat) {
  const std::string code = short_code();
  use(scan(code));
  point_.id = "gate-2";
  EXPECT_EQ(scan(code).verdict, Verdict::replayed_code);
}

TEST_F(Scan, ARepeatIsTheSameAnswerWhateverThePolicySaysNow) {
  const std::string code = short_code();
  use(scan(code));
  point_.closed = true;
  EXPECT_TRUE(scan(code, kNow + 1s).repeat);
  cache_.entry->status = CredentialStatus::revoked;
  EXPECT_EQ(scan(code, kNow + 1s).verdict, Verdict::credential_revoked);
}

TEST_F(Scan, TheWayOutAsksOnlyForAGoodCode) {
  point_.exit = true;
  point_.closed = true;
  EXPECT_EQ(scan(short_code()).despite, Verdict::access_point_closed);
  cache_.entry->status = CredentialStatus::revoked;
  const Decision decision = scan(short_code());
  EXPECT_EQ(decision.verdict, Verdict::granted);
  EXPECT_EQ(decision.despite, Verdict::credential_revoked);
  EXPECT_EQ(scan(short_code(kNow - 61s)).verdict, Verdict::stale_code);
  use(decision);
  EXPECT_EQ(scan(short_code(), kNow + 4s).verdict, Verdict::replayed_code);
}

TEST_F(Scan, ALockDownIsToldOnlyToWhoeverWouldPass) {
  lock_down_ = true;
  EXPECT_EQ(scan(short_code()).verdict, Verdict::lock_down);
  EXPECT_EQ(scan("XG1:").verdict, Verdict::malformed_code);
  point_.exit = true;
  EXPECT_EQ(scan(short_code()).verdict, Verdict::lock_down);
  point_.exit = false;
  point_.closed = true;
  EXPECT_EQ(scan(short_code()).verdict, Verdict::access_point_closed);
}

TEST_F(Scan, ADeniedCodeIsNotUsed) {
  const std::string code = short_code();
  point_.closed = true;
  EXPECT_EQ(scan(code).verdict, Verdict::access_point_closed);
  EXPECT_EQ(used_.size(), 0U);
  point_.closed = false;
  EXPECT_EQ(scan(code).verdict, Verdict::granted);
}

TEST_F(Scan, BothFormsOfOneCodeAreOneCode) {
  use(scan(short_code()));
  EXPECT_EQ(scan(full_code(), kNow + 4s).verdict, Verdict::replayed_code);
  EXPECT_NE(scan(short_code(kNow + 1s)).code, scan(short_code()).code);
}

TEST_F(Scan, AWidenedWindowBringsNoUsedCodeBack) {
  const std::string code = short_code();
  use(scan(code));
  used_.expire(kNow + 61s);
  policy_.freshness = kWidestFreshness;
  EXPECT_EQ(scan(code, kNow + 61s).verdict, Verdict::replayed_code);
  used_.expire(kNow + 301s);
  EXPECT_EQ(used_.size(), 0U);
  EXPECT_EQ(scan(code, kNow + 301s).verdict, Verdict::stale_code);
}

// n - s for s, the group order of P-256 being n: (r, n - s) verifies whenever (r, s) does.
Bytes other_signature(Bytes octets) {
  const Bytes order =
      from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  int borrow = 0;
  for (std::size_t i = 1; i <= order.size(); ++i) {
    std::uint8_t& octet = octets[octets.size() - i];
    const int difference = order[order.size() - i] - octet - borrow;
    borrow = difference < 0 ? 1 : 0;
    octet = static_cast<std::uint8_t>(difference);
  }
  return octets;
}

class Es256Scan : public Scan {
 protected:
  Es256Scan() : Scan(Algorithm::es256) {}
};

TEST_F(Es256Scan, AnotherValidSignatureOfTheSameCodeIsAReplay) {
  const std::string code = short_code();
  const Bytes octets = decode_base45(std::string_view(code).substr(4)).value();
  const std::string twin = "XG1:" + encode_base45(other_signature(octets));
  ASSERT_NE(twin, code);
  EXPECT_EQ(scan(twin).verdict, Verdict::granted) << "the twin must verify for this test to count";
  use(scan(code));
  EXPECT_EQ(scan(twin, kNow + 4s).verdict, Verdict::replayed_code);
  EXPECT_EQ(scan(twin).code, scan(code).code);
}

// --- how far the clock can be trusted ------------------------------------------------------------

TEST_F(Scan, AFreeRunningClockKeepsTheSitesWindow) {
  for (const ClockQuality clock : {ClockQuality::synchronised, ClockQuality::holdover}) {
    clock_ = clock;
    EXPECT_EQ(scan(short_code(kNow - 61s)).verdict, Verdict::stale_code);
    EXPECT_EQ(scan(short_code(kNow + 61s)).verdict, Verdict::future_code);
    EXPECT_EQ(scan(short_code()).freshness, 60s);
  }
}

TEST_F(Scan, AClockThatWasNeverSetTakesTheWidestWindow) {
  clock_ = ClockQuality::unset;
  EXPECT_EQ(scan(short_code(kNow - 300s)).verdict, Verdict::granted);
  EXPECT_EQ(scan(short_code(kNow - 301s)).verdict, Verdict::stale_code);
  EXPECT_EQ(scan(short_code(kNow + 300s)).verdict, Verdict::granted);
  EXPECT_EQ(scan(short_code(kNow + 301s)).verdict, Verdict::future_code);
  EXPECT_EQ(scan(short_code()).freshness, kWidestFreshness);
}

TEST_F(Scan, AClockThatWasNeverSetJudgesTheCredentialByTheCode) {
  cache_.entry->credential->not_before = kNow + 1s;
  cache_.entry->credential->expires = kNow + 3s;
  clock_ = ClockQuality::unset;
  EXPECT_EQ(scan(short_code(kNow)).verdict, Verdict::credential_not_yet_valid);
  EXPECT_EQ(scan(short_code(kNow + 2s)).verdict, Verdict::granted);
  EXPECT_EQ(scan(short_code(kNow + 3s)).verdict, Verdict::credential_expired);
  clock_ = ClockQuality::holdover;
  EXPECT_EQ(scan(short_code(kNow + 2s)).verdict, Verdict::credential_not_yet_valid);
}

TEST_F(Scan, AUsedCodeStaysUsedUnderAnyClock) {
  clock_ = ClockQuality::unset;
  use(scan(short_code()));
  used_.expire(kNow + 299s);
  EXPECT_EQ(scan(short_code(), kNow + 299s).verdict, Verdict::replayed_code);
}

TEST_F(Scan, AClockSetForwardAndBackBringsNoUsedCodeBack) {
  const std::string code = short_code();
  use(scan(code));
  used_.expire(kNow + 1h);
  EXPECT_EQ(scan(code, kNow + 10s).verdict, Verdict::stale_code);
  EXPECT_EQ(scan(short_code(kNow + 1s), kNow + 10s).verdict, Verdict::granted)
      << "made after every code that was forgotten";
}

// --- without a code ------------------------------------------------------------------------------

class Admission : public Scan {
 protected:
  Decision admit(Trace* trace = nullptr) {
    return decide_admission(
        kId, {point_, policy_, issuers_, used_, cache_, kNow, lock_down_, clock_}, trace);
  }
};

TEST_F(Admission, AsksWhatAScanAsksAfterItsCode) {
  EXPECT_EQ(admit().verdict, Verdict::granted);
  EXPECT_EQ(admit().credential, kId);
  EXPECT_EQ(admit().subject, "r-1");
  lock_down_ = true;
  EXPECT_EQ(admit().verdict, Verdict::lock_down);
  point_.closed = true;
  EXPECT_EQ(admit().verdict, Verdict::access_point_closed);
  cache_.entry->credential->expires = kNow;
  clock_ = ClockQuality::unset;
  EXPECT_EQ(admit().verdict, Verdict::credential_expired) << "no code tells another time";
  cache_.entry->status = CredentialStatus::suspended;
  EXPECT_EQ(admit().verdict, Verdict::credential_suspended);
  cache_.entry.reset();
  EXPECT_EQ(admit().verdict, Verdict::unknown_credential);
  EXPECT_FALSE(admit().credential.has_value());
}

TEST_F(Admission, TheWayOutLetsOutWhoeverIsKnown) {
  point_.exit = true;
  cache_.entry->status = CredentialStatus::revoked;
  EXPECT_EQ(admit().verdict, Verdict::granted);
  EXPECT_EQ(admit().despite, Verdict::credential_revoked);
}

TEST_F(Admission, TheLastRuleOfARefusalDecidedIt) {
  Trace trace;
  cache_.entry->credential->expires = kNow;
  EXPECT_EQ(admit(&trace).verdict, Verdict::credential_expired);
  ASSERT_FALSE(trace.empty());
  EXPECT_EQ(trace.back().rule, Rule::expiry);
  EXPECT_FALSE(trace.back().passed);
}

TEST_F(Scan, ATraceChangesNoDecision) {
  Trace trace;
  const Decision decision = decide(
      short_code(), {point_, policy_, issuers_, used_, cache_, kNow, lock_down_, clock_}, &trace);
  EXPECT_EQ(decision.verdict, Verdict::granted);
  std::vector<std::string> rules;
  for (const auto& step : trace) {
    EXPECT_TRUE(step.passed);
    rules.emplace_back(to_string(step.rule));
  }
  EXPECT_THAT(rules,
              testing::ElementsAre("shape", "algorithm", "known_credential", "algorithm",
                                   "signature", "status", "not_before", "expiry", "freshness",
                                   "single_use", "ban", "open_access_point", "lock_down"));
}

// --- texts that are no code ----------------------------------------------------------------------

TEST_F(Scan, ATextThatIsNoCodeHasAKeyAndADetail) {
  const Decision decision = scan("https://example.com/p/abc");
  EXPECT_EQ(decision.verdict, Verdict::malformed_code);
  EXPECT_NE(decision.detail, "");
  EXPECT_EQ(decision.code, scan("https://example.com/p/abc\r\n").code);
  EXPECT_NE(decision.code, scan("https://example.com/p/abd").code);
}

}  // namespace
}  // namespace xiaogate::access
