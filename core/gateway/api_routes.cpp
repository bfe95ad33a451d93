#include "gateway/api_routes.h"

#include <string>
#include <utility>

#include "gateway/clock.h"
#include "model/id.h"

namespace xiaogate::gateway {
namespace {

api::Response told(const Result<Json>& answer) {
  if (answer) return api::json_response(*answer);
  if (answer.error().code.starts_with("gateway.")) {
    return api::error_response(503, answer.error().code, answer.error().text);
  }
  const auto code = answer.error().code;
  if (code.starts_with("package.") && code != "package.invalid") {
    return api::error_response(403, code, answer.error().text);
  }
  return api::error_response(answer.error());
}

api::Response answer(Desk& desk, Question question, Millis patience = Desk::kPatience) {
  return told(desk.ask(std::move(question), read_mono(), patience));
}

}  // namespace

Result<Json> install(Desk& desk, const PluginStore& store, std::string_view package) {
  const auto staged = store.stage(package);
  if (!staged) return std::unexpected(staged.error());
  const auto replaced =
      desk.ask(ReplacePlugin{staged->folder.string()}, read_mono(), Desk::kReplacePatience);
  // One that no device uses is kept for the day that one does.
  const bool unused = !replaced && replaced.error().code == "plugin.unknown";
  if (!replaced && !unused) {
    store.discard(*staged);
    return replaced;
  }
  if (auto chosen = store.choose(*staged); !chosen) return std::unexpected(chosen.error());
  return Json{{"plugin", staged->plugin},
              {"version", staged->version},
              {"vendor", staged->vendor},
              {"running", replaced.has_value()}};
}

std::vector<api::Route> api_routes(Desk& desk, const PluginStore& store,
                                   const std::string& plugins) {
  return {
      {"POST", "/v1/plugins",
       [&desk, &store](const api::Request& request) {
         return told(install(desk, store, request.body));
       }},
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
