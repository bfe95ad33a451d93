#include "hub/rider_desk.h"

#include "access/rider_code.h"
#include "hub/query.h"
#include "model/json.h"

namespace xiaogate::hub {
namespace {

constexpr std::string_view kDefaultScope = "rider.gate";
constexpr std::int64_t kDefaultDays = 30;
constexpr std::int64_t kMaxDays = 3660;
constexpr std::int64_t kMaxList = 1000;
// A gateway's clock may be behind the hub's. Wider than the widest freshness window, so that a
// gateway whose clock was never set calls an old code of a new rider old, not too early.
constexpr std::chrono::minutes kClockSlack{10};

struct Wanted {
  std::optional<std::string> subject;
  PublicKey key;
  std::string scope;
  std::int64_t valid_days = kDefaultDays;
};

std::int64_t millis(WallTime time) {
  return time.time_since_epoch().count();
}

api::Response invalid(const std::string& text) {
  return api::error_response(400, "rider.invalid", text);
}

Result<Wanted> read_wanted(const std::string& body) {
  const auto json = parse_json(body);
  if (!json) return failure("rider.invalid", json.error().text);
  std::vector<std::string> faults;
  JsonReader in(*json, "", faults);
  Wanted wanted;
  if (in.find("subject") != nullptr) wanted.subject = in.text("subject");
  if (wanted.subject && !is_register_subject(*wanted.subject)) {
    in.fault("subject", "must be 1 to 32 of letters, digits and . _ : -");
  }
  const auto octets = from_hex(in.text("key"));
  const auto key = cose::decode_public_key(octets.value_or(Bytes{}));
  if (key) {
    wanted.key = *key;
  } else {
    in.fault("key", "must be a COSE_Key in hexadecimal: " + key.error().text);
  }
  wanted.scope = in.text_or("scope", std::string(kDefaultScope));
  if (!is_register_scope(wanted.scope)) {
    in.fault("scope", "must be names of a-z, 0-9 and . _ - separated by one blank, 128 in all");
  }
  wanted.valid_days = in.integer_or("valid_days", kDefaultDays, 1, kMaxDays);
  in.finish();
  if (faults.empty()) return wanted;
  std::string text;
  for (const auto& fault : faults) text += (text.empty() ? "" : "\n") + fault;
  return failure("rider.invalid", text);
}

// {"reason": text}, which may be left away.
Result<std::string> read_reason(const std::string& body) {
  if (body.empty()) return std::string();
  const auto json = parse_json(body);
  if (!json) return failure("rider.invalid", json.error().text);
  std::vector<std::string> faults;
  JsonReader in(*json, "", faults);
  std::string reason = in.text_or("reason", "");
  if (reason.size() > kMaxReason) in.fault("reason", "must be at most 200 octets");
  in.finish();
  if (!faults.empty()) return failure("rider.invalid", faults.front());
  return reason;
}

Json rider_json(const Registered& row) {
  return {{"id", row.credential.id.text()},
          {"subject", row.credential.subject},
          {"scope", row.credential.scope},
          {"status", to_string(row.status)},
          {"reason", row.reason},
          {"not_before", millis(row.credential.not_before)},
          {"expires", millis(row.credential.expires)}};
}

}  // namespace

Result<DeskAnswer> RiderDesk::add(const api::Request& request, WallTime now) {
  auto wanted = read_wanted(request.body);
  if (!wanted) return DeskAnswer{invalid(wanted.error().text), std::nullopt};
  const WallTime second = std::chrono::floor<std::chrono::seconds>(now);
  const Credential credential{
      .id = CredentialId::from_bytes(random_(CredentialId::kSize)).value_or(CredentialId()),
      .subject = wanted->subject ? *wanted->subject : "r-" + to_hex(random_(8)),
      .key = wanted->key,
      .not_before = second - kClockSlack,
      .expires = second + std::chrono::days(wanted->valid_days),
      .scope = wanted->scope};
  const auto issued = access::issue_credential(issuer_.key, issuer_.kid, credential);
  if (!issued) return std::unexpected(issued.error());
  auto batch = register_.add(credential, *issued, now);
  if (!batch) return std::unexpected(batch.error());
  Json answer = rider_json({.number = 0, .credential = credential, .issued = {}});
  answer["issued"] = to_hex(*issued);
  answer["feed_seq"] = batch->seq;
  return DeskAnswer{api::json_response(answer, 201), std::move(*batch)};
}

Result<DeskAnswer> RiderDesk::change(const api::Request& request, CredentialStatus status,
                                     WallTime now) {
  const auto answered = [](api::Response response) {
    return DeskAnswer{std::move(response), std::nullopt};
  };
  const auto named = request.parameters.find("id");
  const auto id = CredentialId::from_text(named == request.parameters.end() ? "" : named->second);
  if (!id) return answered(invalid("a credential id is 16 hexadecimal digits"));
  const auto reason = read_reason(request.body);
  if (!reason) return answered(invalid(reason.error().text));
  auto found = register_.find(*id);
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return answered(api::error_response(404, "rider.unknown", "no credential " + id->text()));
  }
  Registered& row = **found;
  if (row.status == status) return answered(api::json_response(rider_json(row)));
  if (row.status == CredentialStatus::revoked) {
    return answered(api::error_response(
        409, "rider.conflict", "credential " + id->text() + " is revoked, and that is final"));
  }
  auto batch = register_.set_status(*id, status, *reason, now);
  if (!batch) return std::unexpected(batch.error());
  row.status = status;
  row.reason = *reason;
  Json answer = rider_json(row);
  answer["feed_seq"] = batch->seq;
  return DeskAnswer{api::json_response(answer), std::move(*batch)};
}

Result<api::Response> RiderDesk::list(const api::Request& request) {
  const auto after = query_number(request, "after", 0, INT64_MAX);
  const auto limit = query_number(request, "limit", 100, kMaxList);
  if (!after || !limit || *limit == 0) return invalid("after and limit (1 to 1000) are numbers");
  const auto rows = register_.list(*after, static_cast<std::size_t>(*limit));
  if (!rows) return std::unexpected(rows.error());
  Json riders = Json::array();
  for (const Registered& row : *rows) riders.push_back(rider_json(row));
  const bool more = rows->size() == static_cast<std::size_t>(*limit);
  return api::json_response(
      {{"riders", std::move(riders)}, {"next", more ? Json(rows->back().number) : Json(nullptr)}});
}

}  // namespace xiaogate::hub
