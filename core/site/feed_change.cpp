#include "site/feed_change.h"

#include "cose/key.h"
#include "model/faults.h"

namespace xiaogate::site {
namespace {

// Beyond the year 9999 nothing is a date; the bound keeps milliseconds within 64 bits.
constexpr std::int64_t kLastSecond = 253'402'300'799;

WallTime read_second(JsonReader& in, const char* member) {
  return WallTime(std::chrono::seconds(in.integer(member, 0, kLastSecond)));
}

Credential read_credential(JsonReader& in, const CredentialId& id) {
  Credential credential;
  credential.id = id;
  credential.subject = in.text("sub");
  if (credential.subject.size() > 32) in.fault("sub", "must be at most 32 bytes");
  const auto octets = from_hex(in.text("key"));
  const auto key = cose::decode_public_key(octets.value_or(Bytes{}));
  if (key) {
    credential.key = *key;
  } else {
    in.fault("key", "must be a COSE_Key in hexadecimal");
  }
  credential.not_before = read_second(in, "nbf");
  credential.expires = read_second(in, "exp");
  credential.scope = in.text("scope");
  return credential;
}

FeedChange read_change(const Json& json, const std::string& pointer, Faults& faults) {
  JsonReader in(json, pointer, faults);
  FeedChange change;
  if (const auto id = CredentialId::from_text(in.text("id"))) {
    change.id = *id;
  } else {
    in.fault("id", "must be 16 hexadecimal digits");
  }
  const std::string op = in.text("op");
  if (op == "put") {
    change.credential = read_credential(in, change.id);
    const auto status = parse_credential_status(in.text_or("status", "active"));
    if (!status) in.fault("status", "must be active, suspended or revoked");
    change.status = status.value_or(CredentialStatus::revoked);
  } else if (op == "revoke") {
    change.status = CredentialStatus::revoked;
  } else if (op == "suspend") {
    change.status = CredentialStatus::suspended;
  } else if (op == "restore") {
    change.status = CredentialStatus::active;
  } else {
    in.fault("op", "must be put, revoke, suspend or restore");
  }
  // Unknown members are ignored here: the hub link is allowed to grow.
  return change;
}

}  // namespace

Result<std::vector<FeedChange>> parse_feed_changes(const Json& changes) {
  if (!changes.is_array()) return failure("feed.malformed", "/changes: must be an array");
  std::vector<FeedChange> parsed;
  parsed.reserve(changes.size());
  Faults faults;
  for (std::size_t i = 0; i < changes.size() && faults.empty(); ++i) {
    parsed.push_back(read_change(changes[i], "/changes/" + std::to_string(i), faults));
  }
  if (!faults.empty()) return failure("feed.malformed", faults.front());
  return parsed;
}

Json feed_change_json(const FeedChange& change, std::string_view op) {
  Json json{{"id", change.id.text()}, {"op", op}};
  if (change.credential) {
    const Credential& c = *change.credential;
    const auto seconds = [](WallTime t) {
      return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
    };
    json["sub"] = c.subject;
    json["key"] = to_hex(cose::encode_public_key(c.key));
    json["nbf"] = seconds(c.not_before);
    json["exp"] = seconds(c.expires);
    json["scope"] = c.scope;
    if (change.status != CredentialStatus::active) json["status"] = to_string(change.status);
  }
  return json;
}

}  // namespace xiaogate::site
