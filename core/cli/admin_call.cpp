#include "cli/admin_call.h"

#include "api/http_client.h"

namespace xiaogate::cli {

Result<Json> admin_call(const std::string& socket, const std::string& method,
                        const std::string& target, const std::string& body,
                        std::chrono::milliseconds timeout) {
  const auto response = api::http_call(socket, method, target, body, timeout);
  if (!response) return std::unexpected(response.error());
  if (response->status >= 400) return failure("admin.refused", api::error_text(*response));
  auto json = parse_json(response->body);
  if (!json || !json->is_object()) {
    return failure("admin.malformed", socket +
                                          " does not answer as this program expects. Are both "
                                          "of the same version?");
  }
  return json;
}

std::string shown(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end()) return "?";
  return found->is_string() ? found->get<std::string>() : canonical(*found);
}

}  // namespace xiaogate::cli
