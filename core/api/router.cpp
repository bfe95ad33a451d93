#include "api/router.h"

#include <exception>
#include <optional>

namespace xiaogate::api {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

// The first level of `path` ("/a/b" -> "a", leaving "/b").
std::string_view take_level(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view level = path.substr(0, end);
  path.remove_prefix(end);
  return level;
}

std::optional<Parameters> match(std::string_view pattern, std::string_view path) {
  Parameters parameters;
  while (!pattern.empty() && !path.empty()) {
    if (pattern.front() != '/' || path.front() != '/') return std::nullopt;
    const std::string_view wanted = take_level(pattern);
    const std::string_view level = take_level(path);
    if (wanted.starts_with('{') && wanted.ends_with('}')) {
      if (level.empty()) return std::nullopt;
      parameters.emplace(wanted.substr(1, wanted.size() - 2), level);
    } else if (wanted != level) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parameters;
}

Response run(const Route& route, const Request& request) {
  try {
    return route.handler(request);
  } catch (const std::exception& e) {
    return error_response(
        500, "api.defect",
        "This is a defect of the program, please report it: " + printable(e.what(), 200));
  }
}

}  // namespace

Response Router::answer(Request request) const {
  bool known = false;
  for (const Route& route : routes_) {
    auto parameters = match(route.path, request.path);
    if (!parameters) continue;
    known = true;
    if (route.method != request.method) continue;
    request.parameters = std::move(*parameters);
    return run(route, request);
  }
  const std::string path = printable(request.path);
  if (known) {
    return error_response(405, "api.method",
                          path + " does not answer " + printable(request.method, 16) + ".");
  }
  return error_response(404, "api.missing", "There is nothing at " + path + ".");
}

}  // namespace xiaogate::api
