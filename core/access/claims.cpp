#include "access/claims.h"

#include <algorithm>
#include <string>

#include "cose/cbor.h"
#include "cose/key.h"

namespace xiaogate::access {
namespace {

// CWT claim keys (RFC 8392; cnf: RFC 8747; scope: RFC 9200).
enum Claim : std::int64_t {
  kSub = 2,
  kExp = 4,
  kNbf = 5,
  kIat = 6,
  kCti = 7,
  kCnf = 8,
  kScope = 9
};
constexpr std::int64_t kCnfCoseKey = 1;
constexpr std::int64_t kNoClaim = 0;
constexpr std::size_t kMaxSubject = 32;
constexpr std::uint64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z

std::unexpected<Error> malformed(const std::string& what) {
  return failure("code.malformed", what);
}

// The key of the next claim; kNoClaim for a key that is text, which names none of ours.
std::int64_t next_claim(cose::Reader& in) {
  if (in.peek() != cose::Kind::text) return in.integer();
  in.text();
  return kNoClaim;
}

// Names separated by one blank each.
bool is_scope(std::string_view text) {
  return !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
}

bool is_subject(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSubject;
}

// The claims of a credential, as far as they were there.
struct CredentialClaims {
  std::optional<std::string_view> subject;
  std::optional<std::uint64_t> expires;
  std::optional<std::uint64_t> not_before;
  std::optional<ByteView> id;
  std::optional<ByteView> confirmation;
  std::optional<std::string_view> scope;

  bool complete() const { return subject && expires && not_before && id && confirmation && scope; }
};

std::optional<cose::Fault> read_claims(ByteView payload, CredentialClaims& claims) {
  cose::Reader in(payload);
  for (std::uint64_t left = in.map(); left > 0 && in.good(); --left) {
    switch (next_claim(in)) {
      case kSub:
        claims.subject = in.text();
        break;
      case kExp:
        claims.expires = in.unsigned_integer();
        break;
      case kNbf:
        claims.not_before = in.unsigned_integer();
        break;
      case kCti:
        claims.id = in.bytes();
        break;
      case kCnf:
        claims.confirmation = in.item();
        break;
      case kScope:
        claims.scope = in.text();
        break;
      default:
        in.item();
    }
  }
  return in.finish();
}

// {1: COSE_Key} and nothing else.
Result<PublicKey> read_confirmation(ByteView confirmation) {
  cose::Reader in(confirmation);
  if (in.map() != 1) in.reject("not exactly one member", 0);
  if (in.integer() != kCnfCoseKey) in.reject("not a COSE_Key (1)", 0);
  const ByteView key = in.item();
  if (const auto fault = in.finish()) return malformed("cnf: " + fault->text());
  const auto decoded = cose::decode_public_key(key);
  if (!decoded) return malformed("cnf: " + decoded.error().text);
  return *decoded;
}

}  // namespace

WallTime from_unix_seconds(std::uint64_t seconds) {
  return WallTime(std::chrono::seconds(std::min(seconds, kLastSecond)));
}

Result<std::uint64_t> read_issued_at(ByteView payload) {
  cose::Reader in(payload);
  std::optional<std::uint64_t> issued_at;
  for (std::uint64_t left = in.map(); left > 0 && in.good(); --left) {
    if (next_claim(in) == kIat) {
      issued_at = in.unsigned_integer();
    } else {
      in.item();
    }
  }
  if (const auto fault = in.finish()) return malformed("claims: " + fault->text());
  if (!issued_at) return malformed("claims: without iat (6)");
  return *issued_at;
}

Bytes write_issued_at(std::uint64_t issued_at) {
  return cose::Writer().map(1).integer(kIat).unsigned_integer(issued_at).octets();
}

Result<Credential> read_credential(ByteView payload) {
  CredentialClaims claims;
  if (const auto fault = read_claims(payload, claims)) return malformed("claims: " + fault->text());
  if (!claims.complete())
    return malformed("claims: one of sub, exp, nbf, cti, cnf, scope is missing");
  const auto id = CredentialId::from_bytes(*claims.id);
  if (!id) return malformed("claims: cti is not 8 octets");
  if (!is_subject(*claims.subject)) return malformed("claims: sub is not 1 to 32 octets");
  if (!is_scope(*claims.scope))
    return malformed("claims: scope is not names separated by one blank");
  const auto key = read_confirmation(*claims.confirmation);
  if (!key) return std::unexpected(key.error());
  return Credential{*id,
                    std::string(*claims.subject),
                    *key,
                    from_unix_seconds(*claims.not_before),
                    from_unix_seconds(*claims.expires),
                    std::string(*claims.scope)};
}

Result<Bytes> write_credential(const Credential& credential) {
  const auto invalid = [&](const std::string& what) {
    return failure("credential.invalid", "credential " + credential.id.text() + ": " + what);
  };
  const auto seconds = [](WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  };
  if (!is_subject(credential.subject)) return invalid("its subject is not 1 to 32 octets");
  if (!is_scope(credential.scope)) return invalid("its scope is not names separated by one blank");
  if (seconds(credential.not_before) < 0 || seconds(credential.expires) < 0) {
    return invalid("it is of a time before 1970");
  }
  cose::Writer out;
  out.map(6).integer(kSub).text(credential.subject);
  out.integer(kExp).integer(seconds(credential.expires));
  out.integer(kNbf).integer(seconds(credential.not_before));
  out.integer(kCti).bytes(credential.id.bytes());
  out.integer(kCnf).map(1).integer(kCnfCoseKey).item(cose::encode_public_key(credential.key));
  out.integer(kScope).text(credential.scope);
  Bytes payload = std::move(out).octets();
  // The one rule left that only reading shows: text that is not UTF-8.
  if (const auto again = read_credential(payload); !again) return invalid(again.error().text);
  return payload;
}

}  // namespace xiaogate::access
