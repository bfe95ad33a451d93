// Orders of persons at the admin socket of a real gateway.

#include <gtest/gtest.h>

#include "api/http_client.h"
#include "tests/gateway/devices.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

TEST(Orders, OpenAndLockDownAreOnRecordWhenTheyAreAnswered) {
  RealSite site;
  Devices devices(site.site_broker().url());
  ASSERT_TRUE(devices.wait_up());
  site.serve_gateway();
  const auto post = [&](const std::string& path, const std::string& body) {
    return value(api::http_call(site.data() / "xiaogated.sock", "POST", path, body));
  };
  const std::string said = R"({"by":"guard","reason":"drill"})";
  const auto point = site.status().at("access_points").items().begin().key();

  const auto opened = post("/v1/access_points/" + point + "/open", said);
  ASSERT_EQ(opened.status, 200) << opened.body;
  const auto record = value(parse_json(opened.body)).at("record").get<std::uint64_t>();
  auto journal = site.journal();
  EXPECT_EQ(value(journal.records(record, 1)).at(0).kind, "manual_open");

  ASSERT_EQ(post("/v1/site/lock_down", said).status, 200);
  EXPECT_EQ(site.status().at("alarms").at(0).at("kind"), "lock_down");
  EXPECT_EQ(post("/v1/access_points/" + point + "/open", said).status, 409);
  EXPECT_EQ(post("/v1/areas/none/lock_down", said).status, 404);
  EXPECT_EQ(post("/v1/site/lock_down_release", said).status, 200);
  EXPECT_EQ(post("/v1/site/lock_down_release", said).status, 409);
  EXPECT_EQ(post("/v1/site/lock_down", R"({"by":"guard"})").status, 400);
}

}  // namespace
}  // namespace xiaogate::test
