// From a request to the handler whose route it matches.
#pragma once

#include <vector>

#include "api/http_server.h"

namespace xiaogate::api {

// Immutable after construction; answer() may be called from several threads at a time.
class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // The handler's answer; 404 for an unknown path, 405 for a known one with another method, 500
  // when the handler throws.
  Response answer(Request request) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace xiaogate::api
