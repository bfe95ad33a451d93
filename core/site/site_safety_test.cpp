// Fires, lock-downs, readers that are away, and openings by hand.
#include "site/test_site.h"
#include "site/turn.h"

namespace xiaogate::site {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Gate 1 can be locked open, gate 2 only opens for a moment.
class SafetyTest : public SiteTest {
 protected:
  SafetyTest() {
    config.devices["gate-1"].interfaces["gate"] = {"lock_open", "lock_open_release"};
    config.devices["panel"] = {"panel", "input", {{"alarm_input", {}}}, "{}", {"p"}, {}};
    config.areas = {{.id = "yard",
                     .name_en = "Yard",
                     .name_zh = "院子",
                     .access_points = {"point-1", "point-2"},
                     .gates = {"gate-1", "gate-2"},
                     .fire_inputs = {"panel"}},
                    {.id = "back",
                     .name_en = "Back",
                     .name_zh = "后院",
                     .access_points = {"point-2"},
                     .gates = {"gate-2"},
                     .fire_inputs = {}}};
    restart({});
  }
  // The commands that wait for no commit, and those that do.
  std::vector<PluginCall> released() const {
    std::vector<PluginCall> found;
    for (const auto& action : last.safety) {
      if (const auto* call = std::get_if<CallPlugin>(&action.what)) found.push_back(call->call);
    }
    return found;
  }
  std::vector<std::string> release_commands() const {
    std::vector<std::string> found;
    for (const auto& call : released()) found.push_back(call.input.device + " " + call.input.name);
    return found;
  }
  void fire(bool active) {
    handle(DeviceMessage{"p", "x"});
    ASSERT_EQ(released().size(), 1U) << "to decode it waits for no commit";
    returned(released()[0], {event("panel", "input", {{"active", active}})});
  }
  void confirm(const PluginCall& call) {
    tell(call.input.device, "opened", {{"command", call.id}});
  }
  Result<std::uint64_t> order(Order::What what, const std::string& target) {
    handle(Order{.number = 7, .what = what, .target = target, .by = "guard", .reason = "drill"});
    for (const auto& action : last.actions) {
      if (const auto* answer = std::get_if<AnswerOrder>(&action)) return answer->record;
    }
    return failure("test", "no answer");
  }
  std::string mode(const std::string& point) {
    return site->status(now.wall)["access_points"][point]["mode"].get<std::string>();
  }
};

TEST_F(SafetyTest, AFireOpensEveryGateBeforeItsRecord) {
  fire(true);
  EXPECT_THAT(release_commands(), ElementsAre("gate-1 lock_open", "gate-2 open"));
  EXPECT_THAT(kinds(), ElementsAre("fire_release"));
  EXPECT_EQ(last.durability, Durability::stable);
  const auto open = released()[0];
  returned(open, {publish("gate-1", "s1/rpc")});
  ASSERT_EQ(last.safety.size(), 1U)
      << "what the plugin says to the gate waits for no commit either";
  EXPECT_EQ(std::get<PublishToDevice>(last.safety[0].what).topic, "s1/rpc");
}

TEST_F(SafetyTest, AFiresCommandIsRepeatedUntilTheGateConfirms) {
  fire(true);
  const auto first = released();
  wait(LockOpen::kRepeat);
  EXPECT_THAT(release_commands(), ElementsAre("gate-1 lock_open", "gate-2 open"));
  confirm(first[0]);  // late, but it has opened
  EXPECT_EQ(kinds().back(), "gate_locked_open");
  wait(LockOpen::kRepeat);
  EXPECT_THAT(release_commands(), ElementsAre("gate-2 open"));
  wait(LockOpen::kSilence);
  EXPECT_EQ(kinds().back(), "gate_unanswered");
  confirm(released()[0]);
  records.clear();
  wait(Millis(4'999));
  EXPECT_THAT(release_commands(), IsEmpty());
  wait(Millis(1));
  EXPECT_THAT(release_commands(), ElementsAre("gate-2 open")) << "it closes by itself";
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(SafetyTest, AGateThatComesBackInAFireIsToldAgain) {
  fire(true);
  confirm(released()[0]);
  tell("gate-1", "online", {{"online", false}});
  tell("gate-1", "online", {{"online", true}});
  EXPECT_THAT(release_commands(), ElementsAre("gate-1 lock_open"));
  confirm(released()[0]);
  handle(PluginUp{"shelly"});
  EXPECT_THAT(release_commands(), ElementsAre("gate-1 lock_open", "gate-2 open"));
}

TEST_F(SafetyTest, TheEndOfAFireReleasesTheGates) {
  fire(true);
  confirm(released()[0]);
  fire(false);
  EXPECT_THAT(release_commands(), IsEmpty());
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open_release"));
  EXPECT_EQ(kinds().back(), "fire_release_ended");
  const auto release = calls()[0];
  wait(LockOpen::kRepeat);
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open_release"));
  restart();
  wait(LockOpen::kRepeat);
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open_release")) << "also after a restart";
  confirm(calls()[0]);
  EXPECT_EQ(kinds().back(), "gate_lock_open_released");
  wait(Millis(60'000));
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(SafetyTest, ALateCommandDoesNotUndoALaterOne) {
  fire(true);
  const auto late = released()[0];
  confirm(released()[0]);
  fire(false);
  const auto release = calls()[0];
  returned(late, {publish("gate-1", "s1/rpc")});
  EXPECT_THAT(last.safety, IsEmpty());
  EXPECT_THAT(published(), IsEmpty());
  fire(true);
  returned(release, {publish("gate-1", "s1/rpc")});
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(SafetyTest, ARestartInAFireGoesOnWithIt) {
  fire(true);
  confirm(released()[0]);
  site = std::make_unique<Site>(config, TrustList{}, credentials,
                                Recovered{.recent = kept, .state = state}, now, "test");
  handle(Tick{});
  EXPECT_THAT(release_commands(), ElementsAre("gate-1 lock_open", "gate-2 open"));
}

TEST_F(SafetyTest, NobodysCommandClosesAGateInAFire) {
  scan("reader-1", code());
  const auto open = calls()[0];
  fire(true);
  returned(open, {publish("gate-1", "s1/rpc")});
  EXPECT_THAT(published(), IsEmpty());
  EXPECT_EQ(body(records.size() - 1)["reason"], "held_open");
  now.wall += Millis(1'000);
  scan("reader-1", code());
  EXPECT_EQ(kinds().back(), "access_granted");
  EXPECT_EQ(body(records.size() - 1)["held_open"], true);
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(SafetyTest, InALockDownNothingOpensButAFire) {
  const auto record = order(Order::What::lock_down, "yard");
  ASSERT_TRUE(record);
  EXPECT_EQ(*record, records.back().seq);
  EXPECT_EQ(body(0)["by"], "guard");
  scan("reader-1", code());
  EXPECT_EQ(kinds().back(), "access_denied");
  EXPECT_EQ(body(records.size() - 1)["verdict"], "lock_down");
  EXPECT_THAT(commands(), IsEmpty());
  const auto opened = order(Order::What::open, "point-1");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().text, "point-1 is locked down with yard: release that first");
  EXPECT_EQ(order(Order::What::lock_down, "yard").error().code, "lock_down.conflict");
  fire(true);
  EXPECT_THAT(release_commands(), ElementsAre("gate-1 lock_open", "gate-2 open"));
  fire(false);
  EXPECT_EQ(mode("point-1"), "locked_down");
  restart();
  EXPECT_EQ(mode("point-1"), "locked_down") << "also after a restart";
  ASSERT_TRUE(order(Order::What::release, ""));
  EXPECT_EQ(mode("point-1"), "normal");
}

TEST_F(SafetyTest, AnOpeningUnderWayIsDroppedByALockDown) {
  scan("reader-1", code());
  const auto open = calls()[0];
  ASSERT_TRUE(order(Order::What::lock_down, ""));
  returned(open, {publish("gate-1", "s1/rpc")});
  EXPECT_THAT(published(), IsEmpty());
  EXPECT_EQ(kinds().back(), "command_expired");
}

TEST_F(SafetyTest, AnAreasLockDownLeavesTheOthersAlone) {
  ASSERT_TRUE(order(Order::What::lock_down, "back"));
  EXPECT_EQ(mode("point-1"), "normal");
  EXPECT_EQ(mode("point-2"), "locked_down");
  const auto wrong = order(Order::What::lock_down, "roof");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "area.unknown");
  EXPECT_EQ(wrong.error().text, "no area 'roof'; areas here: yard, back");
  EXPECT_FALSE(order(Order::What::release, "yard"));
  EXPECT_TRUE(order(Order::What::release, "back"));
}

TEST_F(SafetyTest, AnOpeningByHandIsAnOpening) {
  const auto record = order(Order::What::open, "point-1");
  ASSERT_TRUE(record);
  EXPECT_THAT(kinds(), ElementsAre("manual_open"));
  EXPECT_EQ(body(0)["reason"], "drill");
  ASSERT_THAT(commands(), ElementsAre("gate-1 open"));
  const auto open = calls()[0];
  EXPECT_EQ(open.id, *record);
  confirm(open);
  EXPECT_EQ(kinds().back(), "gate_opened");
  EXPECT_EQ(order(Order::What::open, "point-3").error().text,
            "no access point 'point-3'; access points here: point-1, point-2");
}

TEST_F(SafetyTest, AFailSafeGateOpensWhenItsReaderIsAway) {
  config.access_points[0].fail_safe = true;
  restart({});
  tell("reader-1", "online", {{"online", false}});
  wait(Millis(59'999));
  EXPECT_THAT(commands(), IsEmpty());
  wait(Millis(1));
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open"));
  EXPECT_EQ(kinds().back(), "fail_safe_release");
  EXPECT_THAT(release_commands(), IsEmpty()) << "on record first";
  confirm(calls()[0]);
  ASSERT_TRUE(order(Order::What::lock_down, ""));
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open_release")) << "a person's order wins";
  ASSERT_TRUE(order(Order::What::release, ""));
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open"));
  tell("reader-1", "online", {{"online", true}});
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open_release"));
  EXPECT_EQ(kinds().back(), "fail_safe_release_ended");
  handle(PluginParked{"reader", "crashes"});
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open")) << "parked: at once";
  handle(PluginUp{"reader"});
  EXPECT_THAT(commands(), ElementsAre("gate-1 lock_open_release"));
}

TEST_F(SafetyTest, AFirePanelThatIsAwayIsAnAlarm) {
  handle(DeviceMessage{"p", "x"});
  returned(released()[0], {event("panel", "online", {{"online", false}})});
  EXPECT_THAT(kinds(), ElementsAre("device_offline", "fire_input_lost"));
  handle(DeviceMessage{"p", "x"});
  returned(released()[0], {event("panel", "online", {{"online", true}})});
  EXPECT_EQ(kinds().back(), "fire_input_back");
}

// A ledger that fails where it is told to.
class BrokenLedger : public Ledger {
 public:
  explicit BrokenLedger(std::string where) : where_(std::move(where)) {}
  std::optional<CachedCredential> find(const CredentialId&) override { return std::nullopt; }
  Result<void> begin() override { return answer("begin"); }
  Result<void> write(const Write&) override { return answer("write"); }
  Result<void> commit(Durability) override { return answer("commit"); }
  void rollback() override {}
  Result<Recovered> recover(WallTime) override { return Recovered{}; }

 private:
  Result<void> answer(const std::string& step) {
    if (step != where_) return {};
    return failure("store.full", "the disk is full");
  }
  std::string where_;
};

class Collected : public Outbox {
 public:
  std::vector<Action> actions;
  void act(Action action) override { actions.push_back(std::move(action)); }
};

TEST_F(SafetyTest, NoBrokenDiskHoldsAFireBack) {
  for (const char* where : {"begin", "write", "commit"}) {
    restart({});
    Collected outbox;
    BrokenLedger ledger(where);
    handle(DeviceMessage{"p", "x"});
    const auto decode = released()[0];
    const std::vector<Input> inputs{
        Order{.number = 1, .target = "point-2", .by = "guard", .reason = "drill"},
        CallReturned{"input", decode.id, {event("panel", "input", {{"active", true}})}}};
    ASSERT_FALSE(run_turn(*site, inputs, now, ledger, outbox));
    ASSERT_EQ(outbox.actions.size(), 2U) << where << ": the fire's commands, and no other";
    const auto first = std::get<CallPlugin>(outbox.actions[0]).call;
    EXPECT_EQ(first.input.name, "lock_open");
    // The site that is made anew knows of the fire, and of the command's answer.
    const Standing standing = site->standing();
    site = std::make_unique<Site>(config, TrustList{}, credentials, Recovered{}, now, "test",
                                  standing);
    handle(Tick{});
    EXPECT_THAT(release_commands(), ElementsAre("gate-1 lock_open", "gate-2 open"));
    EXPECT_EQ(kinds().back(), "fire_release");
    returned(first, {publish("gate-1", "s1/rpc")});
    EXPECT_EQ(last.safety.size(), 1U);
  }
}

TEST_F(SafetyTest, WhatADeviceToldDuringAFailedTurnIsNotLost) {
  handle(DeviceMessage{"s1/x", "x"});
  const auto left = calls()[0];
  site->settle(Durability::ordered, now);
  handle(DeviceMessage{"s1/x", "x"});  // of the turn that fails: its call never leaves
  const auto never = calls()[0];
  const Standing standing = site->standing();
  EXPECT_THAT(standing.calls, ElementsAre(std::pair(left.id, std::string("gate-1"))));
  now.mono += Millis(1);
  site = std::make_unique<Site>(config, TrustList{}, credentials,
                                Recovered{.recent = kept, .state = state}, now, "test", standing);
  returned(left, {event("gate-1", "door", {{"open", false}})});
  EXPECT_EQ(kinds().back(), "gate_door");
  records.clear();
  returned(never, {event("gate-1", "door", {{"open", true}})});
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(SafetyTest, APluginDoesNotOpenGatesThroughTheDoorOfAFire) {
  config.devices["panel"].plugin = "shelly";
  restart({});
  handle(DeviceMessage{"p", "x"});
  returned(released()[0], {publish("gate-1", "s1/rpc")});
  EXPECT_THAT(last.safety, IsEmpty());
  EXPECT_THAT(published(), IsEmpty());
}

}  // namespace
}  // namespace xiaogate::site
