#include "cose/sign1.h"

#include "cose/cbor.h"

namespace xiaogate::cose {
namespace {

constexpr std::uint64_t kTagSign1 = 18;
constexpr std::int64_t kLabelAlg = 1;
constexpr std::int64_t kLabelKid = 4;
constexpr std::int64_t kLabelKcwt = 13;

std::unexpected<Error> malformed(const std::string& what) {
  return failure("cose.malformed", what);
}

// Exactly {1: alg, 4: kid}. Returns what is wrong, or nothing.
std::optional<Fault> read_protected(ByteView header, Sign1& message) {
  Reader in(header);
  if (in.map() != 2) in.reject("not exactly the labels 1 and 4", 0);
  while (in.peek()) {
    const std::size_t at = in.offset();
    const std::int64_t label = in.integer();
    if (label == kLabelAlg) {
      message.algorithm = in.integer();
    } else if (label == kLabelKid) {
      const auto kid = KeyId::from_bytes(in.bytes());
      if (!kid) in.reject("kid is not 8 octets", at);
      message.kid = kid.value_or(KeyId());
    } else {
      in.reject("an unknown label", at);
    }
  }
  return in.finish();
}

void read_unprotected(Reader& in, Sign1& message) {
  for (std::uint64_t left = in.map(); left > 0 && in.good(); --left) {
    const std::int64_t label = in.integer();
    const ByteView value = in.item();
    if (label == kLabelKcwt) message.kcwt = value;
  }
}

Bytes protected_header(const PublicKey& key, const KeyId& kid) {
  return Writer()
      .map(2)
      .integer(kLabelAlg)
      .integer(static_cast<std::int64_t>(key.algorithm))
      .integer(kLabelKid)
      .bytes(kid.bytes())
      .octets();
}

}  // namespace

Result<Sign1> parse_sign1(ByteView bytes, std::size_t limit) {
  if (bytes.size() > limit) {
    return malformed(std::to_string(bytes.size()) + " octets, at most " + std::to_string(limit));
  }
  Reader in(bytes);
  if (in.tag() != kTagSign1) in.reject("not tagged as COSE_Sign1 (18)", 0);
  if (in.array() != 4) in.reject("not an array of 4", 0);
  Sign1 message;
  message.protected_header = in.bytes();
  read_unprotected(in, message);
  message.payload = in.bytes();
  const std::size_t signature_at = in.offset();
  message.signature = in.bytes();
  if (message.signature.size() != Signature().size()) {
    in.reject("the signature is not 64 octets", signature_at);
  }
  if (const auto fault = in.finish()) return malformed(fault->text());
  if (const auto fault = read_protected(message.protected_header, message)) {
    return malformed("protected header: " + fault->text());
  }
  return message;
}

Bytes signed_octets(const Sign1& message) {
  return Writer()
      .array(4)
      .text("Signature1")
      .bytes(message.protected_header)
      .bytes({})
      .bytes(message.payload)
      .octets();
}

Trust check(const Sign1& message, const PublicKey& key) {
  if (message.algorithm != static_cast<std::int64_t>(key.algorithm)) {
    return Trust::unsupported_algorithm;
  }
  return verify(key, signed_octets(message), message.signature) ? Trust::good
                                                                : Trust::bad_signature;
}

Result<Bytes> sign1(const PrivateKey& key, const KeyId& kid, ByteView payload,
                    std::optional<ByteView> kcwt) {
  const Bytes header = protected_header(key.public_key(), kid);
  Sign1 message;
  message.protected_header = header;
  message.payload = payload;
  const auto signature = key.sign(signed_octets(message));
  if (!signature) return std::unexpected(signature.error());
  Writer out;
  out.tag(kTagSign1).array(4).bytes(header).map(kcwt ? 1 : 0);
  if (kcwt) out.integer(kLabelKcwt).item(*kcwt);
  out.bytes(payload).bytes(*signature);
  return std::move(out).octets();
}

}  // namespace xiaogate::cose
