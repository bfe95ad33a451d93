// Anti-passback and capacity at a site, through scans, gates and restarts.
#include "site/test_site.h"

namespace xiaogate::site {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HeadCountTest : public SiteTest {
 protected:
  HeadCountTest() {
    config.policy.areas["court"] = {.anti_passback = true, .capacity = 2};
    for (auto& point : config.access_points) point.rules.areas = {"court"};
    config.access_points[1].rules.exit = true;
    config.devices["gate-1"].interfaces["gate"] = {"door"};
    restart({});
  }
  // The record of a scan of a fresh code: its kind, or its verdict.
  std::string at(const std::string& reader) {
    wait(Millis(1'000));
    records.clear();
    scan(reader, code());
    const auto found = std::ranges::find_if(
        records, [](const Record& record) { return record.kind.starts_with("access_"); });
    if (found == records.end()) return "none";
    return parse_json(found->body)->value("verdict", found->kind);
  }
};

TEST_F(HeadCountTest, WhoeverIsInsideComesInAgainOnlyAfterLeaving) {
  EXPECT_EQ(at("reader-1"), "access_granted");
  EXPECT_EQ(at("reader-1"), "anti_passback");
  EXPECT_EQ(at("reader-2"), "access_granted");
  EXPECT_THAT(state, IsEmpty());
  EXPECT_EQ(at("reader-2"), "access_granted") << "the way out asks nobody";
  EXPECT_EQ(at("reader-1"), "access_granted");
}

TEST_F(HeadCountTest, ARestartForgetsNobody) {
  EXPECT_EQ(at("reader-1"), "access_granted");
  ASSERT_EQ(state.size(), 1U);
  EXPECT_EQ(state.begin()->first, "inside/court/c000000000000001");
  restart();
  EXPECT_EQ(at("reader-1"), "anti_passback");
}

TEST_F(HeadCountTest, WhoeverDidNotGoThroughIsNotInside) {
  tell("gate-1", "door", {{"open", false}});
  EXPECT_EQ(at("reader-1"), "access_granted");
  wait(config.access_points[0].take_time + Millis(1));
  EXPECT_THAT(state.count("inside/court/c000000000000001"), 0U);
  EXPECT_EQ(at("reader-1"), "access_granted");
}

TEST_F(HeadCountTest, WhoeverIsNotSeenToLeaveIsForgotten) {
  EXPECT_EQ(at("reader-1"), "access_granted");
  now.wall += config.policy.areas["court"].forget_after;
  credentials.rows[id].credential->expires = now.wall + std::chrono::hours(1);
  EXPECT_EQ(at("reader-1"), "access_granted");
}

TEST_F(HeadCountTest, AFullAreaTakesNobody) {
  config.policy.areas["court"].anti_passback = false;
  const auto somebody = [](const char* text) { return std::string("inside/court/") + text; };
  const std::string later = canonical(
      {{"decision", 1}, {"until", (kNow + std::chrono::hours(1)).time_since_epoch().count()}});
  restart({.recent = {}, .state = {{somebody("c000000000000002"), later}}});
  EXPECT_EQ(at("reader-1"), "access_granted");
  restart(
      {.recent = {},
       .state = {{somebody("c000000000000002"), later}, {somebody("c000000000000003"), later}}});
  EXPECT_EQ(at("reader-1"), "area_full");
}

TEST_F(HeadCountTest, ASiteThatDoesNotAskKeepsNothing) {
  config.policy.areas.clear();
  restart({});
  EXPECT_EQ(at("reader-1"), "access_granted");
  EXPECT_EQ(at("reader-1"), "access_granted");
  EXPECT_THAT(state, IsEmpty());
}

TEST_F(SiteTest, AGrantUnderAnUnsetClockSaysByWhichWindow) {
  now.quality = ClockQuality::unset;
  const std::string old = *access::make_rider_code(key, id, now.wall - std::chrono::seconds(200));
  scan("reader-1", old);
  ASSERT_THAT(kinds(), ElementsAre("access_granted"));
  EXPECT_EQ(body(0)["clock"], "unset");
  EXPECT_EQ(body(0)["freshness_s"], 300);
  restart();
  records.clear();
  wait(Millis(90'000));
  scan("reader-1", old);
  ASSERT_THAT(kinds(), ElementsAre("access_denied"));
  EXPECT_EQ(body(0)["verdict"], "replayed_code");
}

}  // namespace
}  // namespace xiaogate::site
