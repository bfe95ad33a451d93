#include <utility>

#include "hub/hub.h"
#include "hub/query.h"

namespace xiaogate::hub {
namespace {

constexpr std::int64_t kMaxRecords = 1000;

std::int64_t millis(WallTime time) {
  return time.time_since_epoch().count();
}

Json record_json(const Record& record) {
  return {{"seq", record.seq},           {"time", millis(record.time)},
          {"kind", record.kind},         {"body", parse_json(record.body).value_or(Json(nullptr))},
          {"prev", to_hex(record.prev)}, {"hash", to_hex(record.hash)}};
}

}  // namespace

Result<api::Response> Hub::answer(const Question& question, Turn& turn) {
  const api::Request& request = question.request;
  switch (question.kind) {
    case QuestionKind::add_rider:
      return desk_answer(desk_.add(request, turn.now), turn);
    case QuestionKind::revoke_rider:
      return desk_answer(desk_.change(request, CredentialStatus::revoked, turn.now), turn);
    case QuestionKind::suspend_rider:
      return desk_answer(desk_.change(request, CredentialStatus::suspended, turn.now), turn);
    case QuestionKind::restore_rider:
      return desk_answer(desk_.change(request, CredentialStatus::active, turn.now), turn);
    case QuestionKind::list_riders:
      return desk_.list(request);
    case QuestionKind::list_gateways:
      return list_gateways();
    case QuestionKind::list_records:
      return list_records(request);
    case QuestionKind::status:
      return status();
    case QuestionKind::trust:
      break;
  }
  return api::json_response(trust_list(*issuer_, *feed_key_));
}

Result<api::Response> Hub::desk_answer(Result<DeskAnswer> answer, Turn& turn) {
  if (!answer) return std::unexpected(answer.error());
  if (answer->batch) publish_batch(*answer->batch, turn.publications);
  return std::move(answer->response);
}

Result<Json> Hub::gateways_json() {
  const auto rows = intake_.gateways();
  if (!rows) return std::unexpected(rows.error());
  Json gateways = Json::array();
  for (const GatewayRow& row : *rows) {
    const Json state = parse_json(row.state).value_or(Json::object());
    const auto online = state.find("online");
    gateways.push_back({{"id", row.id},
                        {"online", online != state.end() && *online == Json(true)},
                        {"through", row.through},
                        {"seen", millis(row.seen)},
                        {"state", state}});
  }
  return gateways;
}

Result<Json> Hub::alarms_json() {
  const auto rows = intake_.alarms();
  if (!rows) return std::unexpected(rows.error());
  Json alarms = Json::array();
  for (const AlarmRow& row : *rows) {
    alarms.push_back({{"gateway", row.gateway},
                      {"kind", row.kind},
                      {"seq", row.seq},
                      {"text", row.text},
                      {"first_at", millis(row.first_at)},
                      {"last_at", millis(row.last_at)},
                      {"times", row.times}});
  }
  return alarms;
}

Result<api::Response> Hub::list_gateways() {
  auto gateways = gateways_json();
  if (!gateways) return std::unexpected(gateways.error());
  return api::json_response({{"gateways", std::move(*gateways)}});
}

Result<api::Response> Hub::list_records(const api::Request& request) {
  const auto named = request.parameters.find("gw");
  const std::string gateway = named == request.parameters.end() ? "" : named->second;
  const auto from = query_number(request, "from", 1, INT64_MAX - 1);
  const auto limit = query_number(request, "limit", 100, kMaxRecords);
  if (!from || !limit || *limit == 0) {
    return api::error_response(400, "records.invalid", "from and limit (1 to 1000) are numbers");
  }
  const auto found =
      intake_.records(gateway, static_cast<std::uint64_t>(*from), static_cast<std::size_t>(*limit));
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return api::error_response(404, "gateway.unknown", "never heard of " + printable(gateway));
  }
  Json records = Json::array();
  for (const Record& record : **found) records.push_back(record_json(record));
  return api::json_response({{"records", std::move(records)}});
}

Result<api::Response> Hub::status() {
  const auto head = register_.head();
  if (!head) return std::unexpected(head.error());
  const auto counts = register_.count();
  if (!counts) return std::unexpected(counts.error());
  auto gateways = gateways_json();
  if (!gateways) return std::unexpected(gateways.error());
  auto alarms = alarms_json();
  if (!alarms) return std::unexpected(alarms.error());
  Json rejected = Json::object();
  for (const auto& [reason, count] : rejected_.counts()) rejected[reason] = count.times;
  return api::json_response({{"region", region_},
                             {"broker", link_up_ ? "up" : "down"},
                             {"feed_seq", head->seq},
                             {"riders",
                              {{"active", counts->active},
                               {"suspended", counts->suspended},
                               {"revoked", counts->revoked}}},
                             {"gateways", std::move(*gateways)},
                             {"alarms", std::move(*alarms)},
                             {"records_taken", records_},
                             {"turns", turns_},
                             {"failed_turns", failed_turns_},
                             {"rejected", std::move(rejected)}});
}

}  // namespace xiaogate::hub
