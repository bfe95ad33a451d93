// What gates tell of themselves, against what was decided.
#include "site/test_site.h"

namespace xiaogate::site {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GatesTest : public SiteTest {
 protected:
  void door(bool open) { tell("gate-1", "door", {{"open", open}}); }
  // A rider is let in, and the gate confirms that it has opened.
  std::uint64_t let_in() {
    now.wall += Millis(1'000);  // so that the phone shows another code
    now.mono += Millis(1'000);
    scan("reader-1", code());
    const std::uint64_t decision = records.back().seq;
    tell("gate-1", "opened", {{"command", decision}});
    records.clear();
    return decision;
  }
  std::vector<std::string> alarms() const {
    std::vector<std::string> found;
    for (const auto& alarm : site->alarms()) {
      found.push_back(alarm["kind"].get<std::string>() + " " + alarm["subject"].get<std::string>());
    }
    return found;
  }
};

TEST_F(GatesTest, ADoorThatOpensAfterAGrantIsAccessTaken) {
  door(false);
  const auto decision = let_in();
  door(true);
  ASSERT_THAT(kinds(), ElementsAre("gate_door", "access_taken"));
  EXPECT_EQ(body(1)["decision"], decision);
  door(false);
  wait(Millis(60'000));
  EXPECT_THAT(kinds(), ElementsAre("gate_door", "access_taken", "gate_door"));
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(GatesTest, ADoorThatStaysClosedAfterAGrantIsAccessNotTaken) {
  door(false);
  const auto decision = let_in();
  wait(Millis(14'999));
  EXPECT_THAT(kinds(), IsEmpty());
  ASSERT_LE(*site->next_deadline(), now.mono + Millis(1));
  wait(Millis(1));
  ASSERT_THAT(kinds(), ElementsAre("access_not_taken"));
  EXPECT_EQ(body(0)["decision"], decision);
}

TEST_F(GatesTest, AGateWithoutContactTellsNeither) {
  let_in();
  wait(Millis(60'000));
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(GatesTest, AGateThatTellsPassageIsBelieved) {
  config.devices["gate-1"].interfaces["gate"] = {"passed", "not_passed", "door"};
  restart({});
  door(false);
  const auto first = let_in();
  tell("gate-1", "passed", {{"command", first}});
  const auto second = let_in();
  door(true);
  tell("gate-1", "not_passed", Json::object());
  EXPECT_THAT(kinds(), ElementsAre("gate_door", "access_not_taken"));
  EXPECT_EQ(body(1)["decision"], second);
  let_in();
  wait(Millis(15'000));
  EXPECT_THAT(kinds(), ElementsAre("access_not_taken"));
  wait(Millis(60'000));
  records.clear();
  tell("gate-1", "passed", Json::object());
  ASSERT_THAT(kinds(), ElementsAre("event_rejected"));
  EXPECT_EQ(body(0)["reason"], "no_such_opening");
}

TEST_F(GatesTest, ADoorThatOpensByItselfIsForced) {
  door(true);  // heard for the first time: may have been open all along
  door(false);
  EXPECT_THAT(alarms(), IsEmpty());
  records.clear();
  door(true);
  EXPECT_EQ(last.durability, Durability::stable);
  EXPECT_THAT(kinds(), ElementsAre("gate_door", "gate_forced_open"));
  EXPECT_THAT(alarms(), ElementsAre("gate_forced_open gate-1"));
  now.wall += Millis(4'000);
  door(false);
  EXPECT_EQ(kinds().back(), "gate_closed_again");
  EXPECT_EQ(body(records.size() - 1)["open_s"], 4);
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(GatesTest, AnOpeningOfLongAgoDoesNotMaskForce) {
  door(false);
  let_in();
  door(true);
  door(false);
  wait(Millis(15'001));
  records.clear();
  door(true);
  EXPECT_EQ(kinds().back(), "gate_forced_open");
}

TEST_F(GatesTest, ARequestToExitMasksForcedOpen) {
  door(false);
  tell("gate-1", "exit_requested", Json::object());
  EXPECT_EQ(kinds().back(), "exit_requested");
  wait(Millis(15'000));
  door(true);
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(GatesTest, ADoorLeftOpenRaisesOneAlarmUntilItIsClosed) {
  door(false);
  let_in();
  door(true);
  wait(Millis(29'999));
  EXPECT_THAT(alarms(), IsEmpty());
  wait(Millis(1));
  wait(Millis(90'000));
  EXPECT_THAT(kinds(), ElementsAre("gate_door", "access_taken", "gate_held_open"));
  restart();
  EXPECT_THAT(alarms(), ElementsAre("gate_held_open gate-1"));
  wait(Millis(90'000));
  EXPECT_THAT(kinds(), IsEmpty()) << "the alarm that stands is not raised again after a restart";
  door(false);
  EXPECT_THAT(kinds(), ElementsAre("gate_door", "gate_closed_again"));
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(GatesTest, ARestartForgetsNeitherTheOpeningNorTheOpenDoor) {
  door(false);
  const auto decision = let_in();
  restart();
  door(true);
  ASSERT_THAT(kinds(), ElementsAre("gate_door", "access_taken"));
  EXPECT_EQ(body(1)["decision"], decision);
  now.wall += Millis(20'000);
  now.mono += Millis(20'000);
  restart();
  wait(Millis(10'000));
  EXPECT_THAT(kinds(), ElementsAre("gate_held_open"));
}

TEST_F(GatesTest, TamperIsAnAlarmAndAFaultIsOnRecord) {
  tell("gate-1", "tamper", {{"tampered", true}});
  tell("gate-1", "tamper", {{"tampered", true}});
  tell("gate-1", "fault", {{"message", "motor blocked"}});
  EXPECT_THAT(kinds(), ElementsAre("gate_tampered", "gate_fault"));
  EXPECT_EQ(body(1)["detail"], "motor blocked");
  EXPECT_THAT(alarms(), ElementsAre("gate_tampered gate-1"));
  tell("gate-1", "tamper", {{"tampered", false}});
  EXPECT_EQ(kinds().back(), "gate_tampered_ended");
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(GatesTest, TheWayOutKeepsNobodyIn) {
  config.access_points[0].rules.exit = true;
  config.access_points[0].rules.closed = true;
  config.policy.banned["r-1"] = {};
  restart({});
  credentials.rows[id].status = CredentialStatus::revoked;
  scan("reader-1", code());
  ASSERT_THAT(kinds(), ElementsAre("access_granted"));
  EXPECT_EQ(body(0)["despite"], "credential_revoked");
  EXPECT_THAT(commands(), ElementsAre("gate-1 open"));
  scan("reader-1", "nonsense");
  EXPECT_EQ(kinds().back(), "access_denied");
}

}  // namespace
}  // namespace xiaogate::site
