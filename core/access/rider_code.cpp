#include "access/rider_code.h"

#include "access/base45.h"
#include "access/claims.h"
#include "cose/sign1.h"

namespace xiaogate::access {
namespace {

constexpr std::string_view kPrefix = "XG1:";

std::unexpected<Error> malformed(std::string what) {
  return failure("code.malformed", std::move(what));
}

Result<IssuedCredential> parse_issued(ByteView octets, const CredentialId& id) {
  const auto message = cose::parse_sign1(octets, kMaxCodeOctets);
  if (!message) return malformed("credential: " + message.error().text);
  auto credential = read_credential(message->payload);
  if (!credential) return malformed("credential: " + credential.error().text);
  if (credential->id != id) return malformed("credential: its cti is not the kid of the code");
  return IssuedCredential{*std::move(credential), message->algorithm, message->kid,
                          cose::signed_octets(*message),
                          Bytes(message->signature.begin(), message->signature.end())};
}

Result<RiderCode> parse_octets(ByteView octets) {
  const auto message = cose::parse_sign1(octets, kMaxCodeOctets);
  if (!message) return malformed(message.error().text);
  const auto issued_at = read_issued_at(message->payload);
  if (!issued_at) return std::unexpected(issued_at.error());
  RiderCode code;
  code.credential = CredentialId::from_bytes(message->kid.bytes()).value_or(CredentialId());
  code.algorithm = message->algorithm;
  code.issued_at = *issued_at;
  code.signed_octets = cose::signed_octets(*message);
  code.signature.assign(message->signature.begin(), message->signature.end());
  if (message->kcwt) {
    auto issued = parse_issued(*message->kcwt, code.credential);
    if (!issued) return std::unexpected(issued.error());
    code.issued = *std::move(issued);
  }
  return code;
}

}  // namespace

std::string_view strip_reader_ending(std::string_view text) {
  // No base45 text ends with a blank: as the last digit of a group it would exceed the group's
  // range.
  const std::size_t last = text.find_last_not_of("\r\n ");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

Result<RiderCode> parse_rider_code(std::string_view text) {
  text = strip_reader_ending(text);
  if (!text.starts_with(kPrefix)) return malformed("it does not begin with XG1:");
  text.remove_prefix(kPrefix.size());
  if (text.size() > kMaxCodeText) return malformed("longer than 2048 characters");
  const auto octets = decode_base45(text);
  if (!octets) return malformed("not base45");
  return parse_octets(*octets);
}

Result<std::string> make_rider_code(const cose::PrivateKey& device_key, const CredentialId& id,
                                    WallTime now, std::optional<ByteView> issued) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (seconds < 0) return failure("code.time", "the clock stands before 1970: set it");
  const Bytes payload = write_issued_at(static_cast<std::uint64_t>(seconds));
  const KeyId kid = KeyId::from_bytes(id.bytes()).value_or(KeyId());
  const auto octets = cose::sign1(device_key, kid, payload, issued);
  if (!octets) return std::unexpected(octets.error());
  return std::string(kPrefix) + encode_base45(*octets);
}

Result<Bytes> issue_credential(const cose::PrivateKey& issuer_key, const KeyId& issuer,
                               const Credential& credential) {
  const auto payload = write_credential(credential);
  if (!payload) return std::unexpected(payload.error());
  return cose::sign1(issuer_key, issuer, *payload);
}

}  // namespace xiaogate::access
