#include "api/router.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xiaogate::api {
namespace {

using testing::HasSubstr;

Response say(std::string text) {
  return {.status = 200, .body = std::move(text)};
}

Router router() {
  return Router(
      {{"GET", "/v1/status", [](const Request&) { return say("status"); }},
       {"POST", "/v1/status", [](const Request& r) { return say("posted " + r.body); }},
       {"GET", "/v1/riders/{id}/codes/{seq}",
        [](const Request& r) { return say(r.parameters.at("id") + "," + r.parameters.at("seq")); }},
       {"GET", "/boom",
        [](const Request&) -> Response { throw std::runtime_error("the cable is cut"); }}});
}

Response get(const std::string& path, const std::string& method = "GET") {
  return router().answer(
      {.method = method, .path = path, .parameters = {}, .query = {}, .body = "x"});
}

TEST(Router, MatchesLevelByLevel) {
  EXPECT_EQ(get("/v1/status").body, "status");
  EXPECT_EQ(get("/v1/status", "POST").body, "posted x");
  EXPECT_EQ(get("/v1/riders/ab/codes/7").body, "ab,7");
}

TEST(Router, AnswersWhatItDoesNotKnow) {
  for (const char* path : {"/", "", "/v1", "/v1/status/", "/v1/statuses", "//v1/status",
                           "/v1/riders//codes/7", "/v1/riders/ab/codes", "v1/status"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  EXPECT_EQ(get("/v1/status", "DELETE").status, 405);
}

TEST(Router, AHandlerThatThrowsIsADefectNotTheEnd) {
  const Response response = get("/boom");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(error_text(response), HasSubstr("the cable is cut"));
}

TEST(ErrorResponse, CarriesCodeAndSentence) {
  EXPECT_EQ(error_response(404, "api.missing", "No \"x\".").body,
            "{\"error\":{\"code\":\"api.missing\",\"text\":\"No \\\"x\\\".\"}}\n");
  EXPECT_EQ(error_response(Error{"rider.unknown", ""}).status, 404);
  EXPECT_EQ(error_response(Error{"store.locked", ""}).status, 409);
  EXPECT_EQ(error_response(Error{"store.full", ""}).status, 503);
  EXPECT_EQ(error_response(Error{"json.invalid", ""}).status, 400);
  EXPECT_EQ(error_response(Error{"links.down", ""}).status, 500);
}

TEST(ErrorText, ReadsWhateverCameBack) {
  EXPECT_EQ(error_text(error_response(400, "a.b", "Why.")), "Why.");
  for (const char* body : {"", "oops", "[]", "{\"error\":3}", "{\"error\":{\"text\":1}}"}) {
    EXPECT_THAT(error_text({.status = 502, .body = body}), HasSubstr("HTTP 502"));
  }
}

}  // namespace
}  // namespace xiaogate::api
