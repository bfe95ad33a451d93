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
Verdict verify_by_reference(const RiderCode& code, const std::optional<CachedCredential>& cached,
                            Trace* trace) {
  if (!note(trace, Rule::algorithm, is_known(code.algorithm))) {
    return Verdict::unsupported_algorithm;
  }
  const bool known = cached && cached->credential;
  if (!note(trace, Rule::known_credential, known)) return Verdict::unknown_credential;
  const PublicKey& key = cached->credential->key;
  if (!note(trace, Rule::algorithm, is_of(code.algorithm, key))) {
    return Verdict::unsupported_algorithm;
  }
  const bool genuine = cose::verify(key, code.signed_octets, code.signature);
  return note(trace, Rule::signature, genuine) ? Verdict::granted : Verdict::bad_signature;
}

// Self-contained: a trusted issuer must have signed the credential, and its key the code.
Verdict verify_self_contained(const RiderCode& code, const IssuedCredential& issued,
                              const TrustedIssuers& issuers, Trace* trace) {
  const PublicKey& device = issued.credential.key;
  const bool supported = is_of(code.algorithm, device) && is_known(issued.algorithm);
  if (!note(trace, Rule::algorithm, supported)) return Verdict::unsupported_algorithm;
  const auto issuer = issuers.find(issued.issuer);
  if (!note(trace, Rule::trusted_issuer, issuer != issuers.end())) return Verdict::unknown_issuer;
  if (!note(trace, Rule::algorithm, is_of(issued.algorithm, issuer->second))) {
    return Verdict::unsupported_algorithm;
  }
  const bool genuine = cose::verify(issuer->second, issued.signed_octets, issued.signature) &&
                       cose::verify(device, code.signed_octets, code.signature);
  return note(trace, Rule::signature, genuine) ? Verdict::granted : Verdict::bad_signature;
}

std::string in_seconds(Millis time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).count()) + " s";
}

Verdict decide_freshness(WallTime issued_at, Millis window, bool forgotten, WallTime now,
                         Trace* trace) {
  const bool stale = now - issued_at > window || forgotten;
  const bool future = issued_at - now > window;
  const auto age = [&] { return in_seconds(now - issued_at) + " / " + in_seconds(window); };
  if (note(trace, Rule::freshness, !stale && !future, {}, age)) return Verdict::granted;
  return stale ? Verdict::stale_code : Verdict::future_code;
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

Verdict verdict_of(CredentialStatus status) {
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

// What would keep the rider out though the code is good; the first that applies.
Verdict decide_standing(const Credential& credential, CredentialStatus status, WallTime when,
                        Trace* trace) {
  const bool active = status == CredentialStatus::active;
  const auto word = [&] { return std::string(xiaogate::to_string(status)); };
  if (!note(trace, Rule::status, active, {}, word)) return verdict_of(status);
  if (!note(trace, Rule::not_before, when >= credential.not_before)) {
    return Verdict::credential_not_yet_valid;
  }
  if (!note(trace, Rule::expiry, when < credential.expires)) return Verdict::credential_expired;
  return Verdict::granted;
}

// Freshness and one use. REQUIRES: decision.issued_at.
Verdict decide_code(const Context& context, Decision& decision, Trace* trace) {
  const WallTime issued_at = *decision.issued_at;
  decision.freshness = freshness_window(context.policy, context.clock);
  // Fresh again only because the clock was set back: nobody knows any more whether it was used.
  const bool forgotten =
      remember_until(issued_at, context.policy) <= context.used.forgotten_until();
  const Verdict fresh =
      decide_freshness(issued_at, decision.freshness, forgotten, context.now, trace);
  if (fresh != Verdict::granted) return fresh;
  const UsedCodes::Use* use = context.used.find(decision.code);
  decision.repeat = use != nullptr && is_repeat(*use, context);
  const bool usable = use == nullptr || decision.repeat;
  const auto where = [&] { return use == nullptr ? std::string() : use->access_point; };
  return note(trace, Rule::single_use, usable, {}, where) ? Verdict::granted
                                                          : Verdict::replayed_code;
}

// Everything after the signatures.
Verdict decide_verified(const Credential& credential, CredentialStatus status,
                        const Context& context, Decision& decision, Trace* trace) {
  // A clock that was never set knows less of the time than the code that it is shown.
  const bool by_code = context.clock == ClockQuality::unset && decision.issued_at;
  const WallTime when = by_code ? *decision.issued_at : context.now;
  const Verdict standing = decide_standing(credential, status, when, trace);
  if (standing != Verdict::granted && !context.point.exit) return standing;
  if (decision.issued_at) {
    const Verdict code = decide_code(context, decision, trace);
    if (code != Verdict::granted || decision.repeat) return code;
  }
  const Verdict policy = decide_policy(credential, context.point, context.policy, context.presence,
                                       context.now, trace);
  const Verdict refusal = standing != Verdict::granted ? standing : policy;
  if (refusal != Verdict::granted && !context.point.exit) return refusal;
  if (!note(trace, Rule::lock_down, !context.lock_down, context.point.id)) {
    return Verdict::lock_down;
  }
  if (refusal != Verdict::granted) decision.despite = refusal;
  return Verdict::granted;
}

}  // namespace

Decision decide(std::string_view text, const Context& context, Trace* trace) {
  Decision decision;
  const auto code = parse_rider_code(text);
  const auto why = [&] { return code ? std::string() : code.error().text; };
  if (!note(trace, Rule::shape, code.has_value(), {}, why)) {
    decision.code = key_of(as_bytes(strip_reader_ending(text)));
    decision.detail = code.error().text;
    return decision;
  }
  decision.code = key_of(code->signed_octets);
  const auto cached = context.credentials.find(code->credential);
  decision.verdict = code->issued
                         ? verify_self_contained(*code, *code->issued, context.issuers, trace)
                         : verify_by_reference(*code, cached, trace);
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
  decision.verdict = decide_verified(credential, status, context, decision, trace);
  return decision;
}

Decision decide_admission(const CredentialId& id, const Context& context, Trace* trace) {
  Decision decision;
  const auto cached = context.credentials.find(id);
  const bool known = cached && cached->credential;
  if (!note(trace, Rule::known_credential, known, {}, [&] { return id.text(); })) {
    decision.verdict = Verdict::unknown_credential;
    return decision;
  }
  decision.credential = id;
  decision.subject = cached->credential->subject;
  decision.verdict = decide_verified(*cached->credential, cached->status, context, decision, trace);
  return decision;
}

Millis freshness_window(const AccessPolicy& policy, ClockQuality clock) {
  return clock == ClockQuality::unset ? kWidestFreshness : policy.freshness;
}

WallTime remember_until(WallTime issued_at, const AccessPolicy& policy) {
  // Not the window of today: a site that widens it must not let a used code in again.
  return issued_at + std::max(policy.freshness, kWidestFreshness);
}

}  // namespace xiaogate::access
