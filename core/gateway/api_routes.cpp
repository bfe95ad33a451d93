#include "gateway/api_routes.h"

#include <string>
#include <utility>

#include "gateway/clock.h"
#include "model/id.h"

namespace xiaogate::gateway {
namespace {

api::Response answer(Desk& desk, Question question, Millis patience = Desk::kPatience) {
  const auto answer = desk.ask(std::move(question), read_mono(), patience);
  if (answer) return api::json_response(*answer);
  if (answer.error().code.starts_with("gateway.")) {
    return api::error_response(503, answer.error().code, answer.error().text);
  }
  return api::error_response(answer.error());
}

}  // namespace

std::vector<api::Route> api_routes(Desk& desk, const std::string& plugins) {
  return {
      {"GET", "/v1/status", [&desk](const api::Request&) { return answer(desk, AskStatus{}); }},
      {"GET", "/v1/alarms", [&desk](const api::Request&) { return answer(desk, AskAlarms{}); }},
      {"GET", "/v1/plugins", [&desk](const api::Request&) { return answer(desk, AskPlugins{}); }},
      {"POST", "/v1/plugins/{name}/start",
       [&desk](const api::Request& request) {
         return answer(desk, StartPlugin{request.parameters.at("name")});
       }},
      {"POST", "/v1/plugins/{name}/reload", [&desk, plugins](const api::Request& request) {
         const std::string& name = request.parameters.at("name");
         if (!is_name(name)) {
           return api::error_response(404, "plugin.unknown", "no plugin has such a name");
         }
         return answer(desk, ReplacePlugin{plugins + "/" + name}, Desk::kReplacePatience);
       }}};
}

}  // namespace xiaogate::gateway
