#include "api/http.h"

namespace xiaogate::api {
namespace {

bool ends_with_any(std::string_view code, std::initializer_list<std::string_view> endings) {
  for (const std::string_view ending : endings) {
    if (code.ends_with(ending)) return true;
  }
  return false;
}

int status_of(std::string_view code) {
  if (ends_with_any(code, {".missing", ".unknown"})) return 404;
  if (ends_with_any(code, {".locked", ".conflict"})) return 409;
  if (code.starts_with("store.")) return 503;
  if (ends_with_any(code, {".invalid"})) return 400;
  return 500;
}

}  // namespace

Response json_response(const Json& value, int status) {
  return {.status = status, .body = canonical(value) + "\n"};
}

Response error_response(int status, std::string_view code, std::string_view text) {
  return json_response({{"error", {{"code", std::string(code)}, {"text", std::string(text)}}}},
                       status);
}

Response error_response(const Error& error) {
  return error_response(status_of(error.code), error.code, error.text);
}

std::string error_text(const Response& response) {
  const auto body = parse_json(response.body);
  if (body && body->is_object()) {
    const auto error = body->find("error");
    if (error != body->end() && error->is_object()) {
      const auto text = error->find("text");
      if (text != error->end() && text->is_string()) return text->get<std::string>();
    }
  }
  return "HTTP " + std::to_string(response.status) + ": " + printable(response.body, 200);
}

}  // namespace xiaogate::api
