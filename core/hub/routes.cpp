#include "hub/routes.h"

#include <future>
#include <memory>
#include <utility>

namespace xiaogate::hub {
namespace {

struct Row {
  const char* method;
  const char* path;
  QuestionKind kind;
};

constexpr Row kRows[] = {
    {"POST", "/v1/riders", QuestionKind::add_rider},
    {"GET", "/v1/riders", QuestionKind::list_riders},
    {"POST", "/v1/riders/{id}/revoke", QuestionKind::revoke_rider},
    {"POST", "/v1/riders/{id}/suspend", QuestionKind::suspend_rider},
    {"POST", "/v1/riders/{id}/restore", QuestionKind::restore_rider},
    {"GET", "/v1/gateways", QuestionKind::list_gateways},
    {"GET", "/v1/gateways/{gw}/records", QuestionKind::list_records},
    {"GET", "/v1/status", QuestionKind::status},
    {"GET", "/v1/trust", QuestionKind::trust},
};

api::Response ask(Inbox& inbox, QuestionKind kind, const api::Request& request) {
  // Shared, because an answer may come after the wait is over.
  const auto promise = std::make_shared<std::promise<api::Response>>();
  auto answered = promise->get_future();
  const bool taken = inbox.post(
      Question{kind, request,
               [promise](api::Response response) { promise->set_value(std::move(response)); }},
      kAnswerPatience);
  if (!taken) {
    return api::error_response(503, "hub.busy", "the hub takes no questions now; ask again");
  }
  if (answered.wait_for(kAnswerPatience) != std::future_status::ready) {
    return api::error_response(503, "hub.busy",
                               "no answer within 10 s; look at the status before asking again");
  }
  return answered.get();
}

}  // namespace

std::vector<api::Route> hub_routes(Inbox& inbox) {
  std::vector<api::Route> routes;
  for (const Row& row : kRows) {
    routes.push_back({row.method, row.path, [&inbox, kind = row.kind](const api::Request& request) {
                        return ask(inbox, kind, request);
                      }});
  }
  return routes;
}

}  // namespace xiaogate::hub
