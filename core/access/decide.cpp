#include "access/decide.h"

#include <algorithm>

#include "access/claims.h"
#include "cose/digest.h"

namespace xiaogate::access {
namespace {

CodeKey key_of(ByteView octets) {
  const Digest digest = cose::sha256({octets});
  CodeKey key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

bool is_known(std::int64_t algorithm) {
  return algorithm == static_cast<std::int64_t>(Algorithm::ed25519) ||
         algorithm == static_cast<std::int64_t>(Algorithm::es256) ||
         algorithm == static_cast<std::int64_t>(Algorithm::sm2);
}

bool is_of(std::int64_t algorithm, const PublicKey& key) {
  return algorithm == static_cast<std::int64_t>(key.algorithm);
}

// By reference: the cached key must have signed the code.
Verdict verify_by_reference(const RiderCode& code, const std::optional<CachedCredential>& cached) {
  if (!is_known(code.algorithm)) return Verdict::unsupported_algorithm;
  if (!cached || !cached->credential) return Verdict::unknown_credential;
  const PublicKey& key = cached->credential->key;
  if (!is_of(code.algorithm, key)) return Verdict::unsupported_algorithm;
  if (!cose::verify(key, code.signed_octets, code.signature)) return Verdict::bad_signature;
  return Verdict::granted;
}

// Self-contained: a trusted issuer must have signed the credential, and its key the code.
Verdict verify_self_contained(const RiderCode& code, const IssuedCredential& issued,
                              const TrustedIssuers& issuers) {
  const PublicKey& device = issued.credential.key;
  if (!is_of(code.algorithm, device) || !is_known(issued.algorithm)) {
    return Verdict::unsupported_algorithm;
  }
  const auto issuer = issuers.find(issued.issuer);
  if (issuer == issuers.end()) return Verdict::unknown_issuer;
  if (!is_of(issued.algorithm, issuer->second)) return Verdict::unsupported_algorithm;
  if (!cose::verify(issuer->second, issued.signed_octets, issued.signature) ||
      !cose::verify(device, code.signed_octets, code.signature)) {
    return Verdict::bad_signature;
  }
  return Verdict::granted;
}

Verdict decide_freshness(WallTime issued_at, const AccessPolicy& policy, WallTime now) {
  if (now - issued_at > policy.freshness) return Verdict::stale_code;
  if (issued_at - now > policy.freshness) return Verdict::future_code;
  return Verdict::granted;
}

// What the cache may take over: nothing that it knows already, that it knows to be bad, or that is
// over.
bool is_worth_learning(const Credential& credential, const std::optional<CachedCredential>& cached,
                       WallTime now) {
  if (cached && (cached->credential || cached->status != CredentialStatus::active)) return false;
  return now < credential.expires;
}

bool is_repeat(const UsedCodes::Use& use, const Context& context) {
  // A clock set back by a little must not turn the reader's repeat into a replay.
  return use.access_point == context.point.id &&
         std::chrono::abs(context.now - use.at) <= kReaderRepeat;
}

// What would keep the rider out though the code is good; the first that applies.
Verdict decide_standing(const Credential& credential, CredentialStatus status, WallTime now) {
  if (const Verdict v = decide_status(status); v != Verdict::granted) return v;
  return decide_validity(credential, now);
}

// Everything after the signatures.
Verdict decide_verified(const Credential& credential, CredentialStatus status,
                        const Context& context, Decision& decision) {
  const Verdict standing = decide_standing(credential, status, context.now);
  if (standing != Verdict::granted && !context.point.exit) return standing;
  const Verdict fresh = decide_freshness(*decision.issued_at, context.policy, context.now);
  if (fresh != Verdict::granted) return fresh;
  if (const UsedCodes::Use* use = context.used.find(decision.code)) {
    decision.repeat = is_repeat(*use, context);
    return decision.repeat ? Verdict::granted : Verdict::replayed_code;
  }
  const Verdict policy = decide_policy(credential, context.point, context.policy, context.now);
  const Verdict refusal = standing != Verdict::granted ? standing : policy;
  if (refusal != Verdict::granted && !context.point.exit) return refusal;
  if (context.lock_down) return Verdict::lock_down;
  if (refusal != Verdict::granted) decision.despite = refusal;
  return Verdict::granted;
}

}  // namespace

Decision decide(std::string_view text, const Context& context) {
  Decision decision;
  const auto code = parse_rider_code(text);
  if (!code) {
    decision.code = key_of(as_bytes(strip_reader_ending(text)));
    decision.detail = code.error().text;
    return decision;
  }
  decision.code = key_of(code->signed_octets);
  const auto cached = context.credentials.find(code->credential);
  decision.verdict = code->issued ? verify_self_contained(*code, *code->issued, context.issuers)
                                  : verify_by_reference(*code, cached);
  if (decision.verdict != Verdict::granted) return decision;

  const Credential& credential = code->issued ? code->issued->credential : *cached->credential;
  decision.credential = code->credential;
  decision.subject = credential.subject;
  decision.issued_at = from_unix_seconds(code->issued_at);
  if (code->issued && is_worth_learning(credential, cached, context.now)) {
    decision.learned = credential;
  }
  // A revocation that is known here wins over the issuer's signature.
  const CredentialStatus status = cached ? cached->status : CredentialStatus::active;
  decision.verdict = decide_verified(credential, status, context, decision);
  return decision;
}

Verdict decide_status(CredentialStatus status) {
  switch (status) {
    case CredentialStatus::active:
      return Verdict::granted;
    case CredentialStatus::suspended:
      return Verdict::credential_suspended;
    case CredentialStatus::revoked:
      break;
  }
  return Verdict::credential_revoked;
}

Verdict decide_validity(const Credential& credential, WallTime now) {
  if (now < credential.not_before) return Verdict::credential_not_yet_valid;
  if (now >= credential.expires) return Verdict::credential_expired;
  return Verdict::granted;
}

Verdict decide_policy(const Credential& credential, const AccessPoint& point,
                      const AccessPolicy& policy, WallTime now) {
  const Verdict entry = decide_profiles(credential.scope, point, policy, now);
  if (entry != Verdict::granted) return entry;
  if (policy.banned.contains(credential.subject)) return Verdict::site_banned;
  if (point.closed) return Verdict::access_point_closed;
  return Verdict::granted;
}

WallTime remember_until(WallTime issued_at, const AccessPolicy& policy) {
  // Not the window of today: a site that widens it must not let a used code in again.
  return issued_at + std::max(policy.freshness, kWidestFreshness);
}

}  // namespace xiaogate::access
