// A swap through the whole site: what a scan at a cabinet's reader starts, and what it leaves.
#include "site/test_site.h"

namespace xiaogate::site {
namespace {

using testing::Contains;
using testing::ElementsAre;

class CabinetSiteTest : public SiteTest {
 protected:
  CabinetSiteTest() {
    config.devices["cab-1"] = {"cab-1", "cabinet",  {{"swap_cabinet", {}}},
                               "{}",    {"cab/up"}, {"cab/down"}};
    config.access_points.pop_back();  // its reader now stands before the cabinet
    Cabinet cabinet;
    cabinet.rules.id = "swap-1";
    cabinet.reader = "reader-2";
    cabinet.cabinet = "cab-1";
    config.cabinets.push_back(cabinet);
    restart({});
    wait(Millis(10'000));
  }
  // Answers the calls to the cabinet until it is asked nothing more; the slots that it had to open.
  std::vector<int> serve() {
    std::vector<int> opened;
    for (int i = 0; i < 3; ++i) {
      for (const auto& call : calls()) {
        if (call.input.name == "open_slot") {
          opened.push_back(parse_json(call.input.data)->at("slot").get<int>());
        }
        if (call.input.name != "report") continue;
        std::vector<PluginEffect> told;
        told.push_back(
            event("cab-1", "slot", {{"slot", 1}, {"state", "empty"}, {"door", "closed"}}));
        told.push_back(
            event("cab-1", "slot",
                  {{"slot", 2}, {"state", "full"}, {"door", "closed"}, {"battery", "B"}}));
        told.push_back(event("cab-1", "done", {{"command", call.id}}));
        returned(call, std::move(told));
        break;
      }
      for (const auto& call : calls()) {
        if (call.input.name == "open_slot") {
          opened.push_back(parse_json(call.input.data)->at("slot").get<int>());
        }
      }
      wait(Millis(300));
    }
    return opened;
  }
};

TEST_F(CabinetSiteTest, AScanStartsASwapAndOpensNoGate) {
  scan("reader-2", code());
  EXPECT_THAT(commands(), ElementsAre("cab-1 report"));
  EXPECT_THAT(kinds(), Contains("access_granted"));
  EXPECT_THAT(kinds(), Contains("swap_started"));
  EXPECT_EQ(serve(), std::vector<int>{1});
  EXPECT_THAT(kinds(), Contains("swap_slot_opened"));
  EXPECT_TRUE(state.contains("swap/swap-1"));
  EXPECT_EQ(site->status(now.wall)["cabinets"]["swap-1"]["swap"]["slot"], 1);
}

TEST_F(CabinetSiteTest, ARefusedRiderStartsNone) {
  scan("reader-2", "XG1:NONSENSE");
  EXPECT_THAT(kinds(), testing::Not(Contains("swap_started")));
  EXPECT_THAT(kinds(), Contains("access_denied"));
}

TEST_F(CabinetSiteTest, AnOpeningThatComesTooLateIsNotSent) {
  scan("reader-2", code());
  for (int i = 0; i < 4; ++i) {
    for (const auto& call : calls()) {
      if (call.input.name == "open_slot") {
        now.mono += Swap::kCommandTtl + Millis(1);
        returned(call, {publish("cab-1", "cab/down")});
        EXPECT_TRUE(published().empty());
        EXPECT_THAT(kinds(), Contains("command_expired"));
        return;
      }
      if (call.input.name != "report") continue;
      returned(call, {event("cab-1", "slot", {{"slot", 1}, {"state", "empty"}, {"door", "closed"}}),
                      event("cab-1", "slot",
                            {{"slot", 2}, {"state", "full"}, {"door", "closed"}, {"battery", "B"}}),
                      event("cab-1", "done", {{"command", call.id}})});
      if (!commands().empty()) break;
      wait(Millis(300));
      break;
    }
  }
  FAIL() << "no slot was opened";
}

TEST_F(CabinetSiteTest, SmokeStopsChargingBeforeTheCommit) {
  tell("cab-1", "smoke", {{"slot", 2}, {"active", true}});
  EXPECT_THAT(kinds(), Contains("cabinet_smoke"));
  EXPECT_EQ(last.safety.size(), 2U);
}

TEST_F(CabinetSiteTest, AnEventThatACabinetDoesNotHaveIsRejected) {
  tell("cab-1", "opened", {{"command", 1}});
  EXPECT_THAT(kinds(), Contains("event_rejected"));
}

}  // namespace
}  // namespace xiaogate::site
