#include "gateway/api_routes.h"

#include <string>
#include <utility>

#include "gateway/clock.h"
#include "model/id.h"

namespace xiaogate::gateway {
namespace {

constexpr std::size_t kLongestBy = 64;       // octets
constexpr std::size_t kLongestReason = 200;  // together well within a record

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

// A member that says who or why: not empty, of a length that fits into a record.
std::string read_said(JsonReader& in, const char* member, std::size_t longest) {
  std::string text = in.text(member);
  if (text.size() > longest) {
    in.fault(member, "must not be longer than " + std::to_string(longest) + " octets");
  }
  return printable(text);
}

Result<site::Order> read_order(const api::Request& request, site::Order::What what) {
  const auto json = parse_json(request.body.empty() ? "{}" : request.body);
  if (!json) return failure("order.invalid", json.error().text);
  std::vector<std::string> faults;
  JsonReader in(*json, "", faults);
  site::Order order{.what = what,
                    .target = {},
                    .by = read_said(in, "by", kLongestBy),
                    .reason = read_said(in, "reason", kLongestReason)};
  in.finish();
  if (const auto id = request.parameters.find("id"); id != request.parameters.end()) {
    order.target = id->second;
  }
  if (faults.empty()) return order;
  std::string text;
  for (const auto& fault : faults) text += (text.empty() ? "" : "\n") + fault;
  return failure("order.invalid", std::move(text));
}

api::Route order_route(Desk& desk, std::string path, site::Order::What what) {
  return {"POST", std::move(path), [&desk, what](const api::Request& request) {
            auto order = read_order(request, what);
            if (!order) return api::error_response(order.error());
            return answer(desk, std::move(*order));
          }};
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
  using What = site::Order::What;
  return {
      {"POST", "/v1/plugins",
       [&desk, &store](const api::Request& request) {
         return told(install(desk, store, request.body));
       }},
      order_route(desk, "/v1/access_points/{id}/open", What::open),
      order_route(desk, "/v1/areas/{id}/lock_down", What::lock_down),
      order_route(desk, "/v1/areas/{id}/lock_down_release", What::release),
      order_route(desk, "/v1/site/lock_down", What::lock_down),
      order_route(desk, "/v1/site/lock_down_release", What::release),
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
