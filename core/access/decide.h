// Rider code -> verdict. Pure: everything it may know comes in as an argument.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "access/policy.h"
#include "access/rider_code.h"
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
  // A self-contained credential that verified, is not over and not in the cache: to be remembered
  // there as active. Never one whose id the cache holds as suspended or revoked.
  std::optional<Credential> learned;
  // Why the rider would have been refused at a way in; only with a grant at a way out.
  std::optional<Verdict> despite;
  // For malformed codes: what is wrong.
  std::string detail;
};

// The steps and their order are those of the specification; the first that applies is the verdict.
Decision decide(std::string_view code, const Context& context);

// The part after the code itself: revocation, validity and site policy; also for an admission that
// the hub asks for. Returns `granted` or the first verdict that applies.
Verdict decide_status(CredentialStatus status);
Verdict decide_validity(const Credential& credential, WallTime now);
Verdict decide_policy(const Credential& credential, const AccessPoint& point,
                      const AccessPolicy& policy, WallTime now);

// How long a granted code must be remembered: until it is stale by the widest window that any site
// may set, so that a window widened meanwhile brings no used code back.
WallTime remember_until(WallTime issued_at, const AccessPolicy& policy);

}  // namespace xiaogate::access
