// Rider code -> verdict. Pure: everything it may know comes in as an argument. Each function writes
// the rules that it asks into `trace`, when there is one: an explanation is a decision that talks.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "access/policy.h"
#include "access/rider_code.h"
#include "access/trace.h"
#include "access/used_codes.h"
#include "model/credential.h"
#include "model/time.h"
#include "model/verdict.h"

namespace xiaogate::access {

// Where credentials are looked up. Implementations live on the site's thread.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  // What is known of `id`, or nothing. A source that cannot be read answers nothing.
  virtual std::optional<CachedCredential> find(const CredentialId& id) = 0;
};

// A reader that hands the same code over again within this time repeats itself.
inline constexpr Millis kReaderRepeat{3'000};

// Nobody is inside anywhere.
inline const Presence kNobodyInside{};

using TrustedIssuers = std::map<KeyId, PublicKey>;

// Everything a verdict depends on besides the code. Borrowed for the call.
struct Context {
  const AccessPoint& point;
  const AccessPolicy& policy;
  const TrustedIssuers& issuers;
  const UsedCodes& used;
  CredentialSource& credentials;
  WallTime now;
  bool lock_down = false;  // a person has ordered that nobody passes here, in or out
  // Of `now`. While the clock was never set, codes are good within kWidestFreshness, and a
  // credential must be valid when its rider's phone made the code, not by our clock.
  ClockQuality clock = ClockQuality::synchronised;
  const Presence& presence = kNobodyInside;
};

struct Decision {
  Verdict verdict = Verdict::malformed_code;
  CodeKey code{};
  // True when this very code was granted at this access point at most 3 s ago: the reader repeats
  // itself. Same answer, no second opening, no second record. The verdict is then `granted`.
  bool repeat = false;
  // Known once a signature has been verified (a by-reference code whose signature fails names a
  // credential that it may have made up).
  std::optional<CredentialId> credential;
  std::string subject;
  std::optional<WallTime> issued_at;
  // By which the code's age was judged.
  Millis freshness{0};
  // A self-contained credential that verified, is not over and not in the cache: to be remembered
  // there as active. Never one whose id the cache holds as suspended or revoked.
  std::optional<Credential> learned;
  // Why the rider would have been refused at a way in; only with a grant at a way out.
  std::optional<Verdict> despite;
  // For malformed codes: what is wrong.
  std::string detail;
};

// The steps and their order are those of the specification; the first that applies is the verdict.
Decision decide(std::string_view code, const Context& context, Trace* trace = nullptr);

// The same without a code, so without freshness and replay: for an admission that the hub asks for
// because the rider scanned the place code, and for whoever asks beforehand. `code`, `repeat`,
// `issued_at`, `freshness` and `learned` stay empty.
Decision decide_admission(const CredentialId& id, const Context& context, Trace* trace = nullptr);

// The window that holds: the site's, or the widest while the clock was never set.
Millis freshness_window(const AccessPolicy& policy, ClockQuality clock);

// How long a granted code must be remembered: until it is stale by the widest window that any site
// may set, so that a window widened meanwhile brings no used code back.
WallTime remember_until(WallTime issued_at, const AccessPolicy& policy);

}  // namespace xiaogate::access
