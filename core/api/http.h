// HTTP messages as values, for both sides of the admin socket.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/json.h"
#include "model/result.h"

namespace xiaogate::api {

// Larger request bodies are answered 413.
inline constexpr std::size_t kMaxBody = 1U << 20U;

struct Request {
  std::string method;                                               // "GET", "POST", ...
  std::string path = {};                                            // decoded, without the query
  std::map<std::string, std::string, std::less<>> parameters = {};  // of the path: {seq}
  std::map<std::string, std::string, std::less<>> query = {};       // the last one of each name
  std::string body = {};
};

struct Response {
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
};

Response json_response(const Json& value, int status = 200);
// {"error":{"code":...,"text":...}}
Response error_response(int status, std::string_view code, std::string_view text);
// An error of the core as an answer; the first that fits: 404 for "*.missing" and "*.unknown", 409
// for "*.locked" and "*.conflict", 503 for "store.*", 400 for "*.invalid", 500 otherwise.
Response error_response(const Error& error);
// The sentence in an answer of 400 and more.
std::string error_text(const Response& response);

}  // namespace xiaogate::api
