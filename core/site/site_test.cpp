#include "site/test_site.h"

namespace xiaogate::site {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(SiteTest, AScanIsRecordedStablyThenOpensItsGateAndIsAnswered) {
  scan("reader-1", code());
  ASSERT_THAT(kinds(), ElementsAre("access_granted"));
  EXPECT_EQ(last.durability, Durability::stable);
  EXPECT_EQ(body(0)["access_point"], "point-1");
  EXPECT_EQ(body(0)["gate"], "gate-1");
  EXPECT_EQ(body(0)["clock"], "holdover");
  EXPECT_EQ(body(0)["credential"], id.text());
  const auto made = calls();
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].input.name, "open");
  EXPECT_EQ(made[0].input.device, "gate-1");
  EXPECT_EQ(made[0].id, records[0].seq) << "the device's protocol carries the decision's number";
  EXPECT_EQ(made[1].input.name, "indicate");
  EXPECT_EQ((*parse_json(made[1].input.data))["token"], "t");
  returned(made[0], {publish("gate-1", "s1/rpc")});
  EXPECT_THAT(published(), ElementsAre("s1/rpc"));
}

TEST_F(SiteTest, TheReadersRepeatIsAnsweredAgainAndNothingElse) {
  const auto text = code();
  scan("reader-1", text);
  now.wall += Millis(3000);
  scan("reader-1", text);
  EXPECT_THAT(kinds(), ElementsAre("access_granted"));
  ASSERT_EQ(calls().size(), 1U);
  EXPECT_EQ((*parse_json(calls()[0].input.data))["result"], "granted");
  now.wall += Millis(1);
  scan("reader-1", text);
  ASSERT_THAT(kinds(), ElementsAre("access_granted", "access_denied"));
  EXPECT_EQ(body(1)["verdict"], "replayed_code");
}

TEST_F(SiteTest, ADenialIsRecordedOnceForAReaderThatRepeatsItself) {
  scan("reader-1", "nonsense");
  scan("reader-1", "nonsense");
  ASSERT_THAT(kinds(), ElementsAre("access_denied"));
  ASSERT_EQ(calls().size(), 1U);
  EXPECT_EQ((*parse_json(calls()[0].input.data))["verdict"], "malformed_code");
  scan("reader-2", "nonsense");
  now.wall += Millis(3001);
  scan("reader-1", "nonsense");
  EXPECT_EQ(records.size(), 3U);
}

TEST_F(SiteTest, ACodeUsedBeforeARestartIsStillUsed) {
  const auto text = code();
  scan("reader-1", text);
  const Recovered recovered{.head_seq = records[0].seq,
                            .head_hash = records[0].hash,
                            .head_time = records[0].time,
                            .acknowledged = 0,
                            .recent = records,
                            .feed = {}};
  restart(recovered);
  scan("reader-2", text);
  ASSERT_THAT(kinds(), ElementsAre("access_denied"));
  EXPECT_EQ(body(0)["verdict"], "replayed_code");
}

TEST_F(SiteTest, AnOpeningThatComesLateFromItsPluginIsDroppedAndRecorded) {
  scan("reader-1", code());
  const auto open = calls()[0];
  now.mono += Millis(3001);
  returned(open, {publish("gate-1", "s1/rpc")});
  EXPECT_THAT(published(), IsEmpty());
  ASSERT_THAT(kinds(), ElementsAre("access_granted", "command_expired"));
  EXPECT_EQ(body(1)["decision"], records[0].seq);
}

TEST_F(SiteTest, TheGatesAnswerIsRecordedAgainstTheDecision) {
  scan("reader-1", code());
  returned(calls()[0], {publish("gate-1", "s1/rpc")});
  const auto seq = records[0].seq;
  handle(DeviceMessage{"s1/rpc", "{}"});
  returned(calls()[0], {event("gate-1", "opened", {{"command", seq}})});
  ASSERT_THAT(kinds(), ElementsAre("access_granted", "gate_opened"));
  EXPECT_EQ(body(1)["decision"], seq);
  handle(DeviceMessage{"s1/rpc", "{}"});
  returned(calls()[0], {event("gate-1", "opened", {{"command", seq}})});
  EXPECT_EQ(kinds().back(), "event_rejected") << "an opening is answered once";
}

TEST_F(SiteTest, ASilentGateIsNoticed) {
  scan("reader-1", code());
  returned(calls()[0], {publish("gate-1", "s1/rpc")});
  now.mono += Millis(3000) + Openings::kAnswerPatience;
  ASSERT_LE(*site->next_deadline(), now.mono);
  handle(Tick{});
  EXPECT_THAT(kinds(), ElementsAre("access_granted", "gate_silent"));
}

TEST_F(SiteTest, APluginCannotReachBeyondItsDevicesAndTopics) {
  handle(DeviceMessage{"s1/x", ""});
  const auto call = calls()[0];
  returned(call, {publish("gate-1", "s2/rpc"), publish("reader-1", "r1"), publish("nobody", "x"),
                  event("reader-1", "scanned", {{"code", code()}})});
  EXPECT_THAT(published(), IsEmpty());
  EXPECT_THAT(calls(), IsEmpty());
  EXPECT_THAT(kinds(), ElementsAre("plugin_effect_rejected", "plugin_effect_rejected"));
}

TEST_F(SiteTest, AnAnswerToACallThatWasNeverMadeIsIgnored) {
  handle(CallReturned{"reader", 12345, {event("reader-1", "scanned", {{"code", code()}})}});
  EXPECT_THAT(kinds(), IsEmpty());
  EXPECT_THAT(calls(), IsEmpty());
}

TEST_F(SiteTest, UnknownTopicsAndLargeMessagesAreJournalled) {
  handle(DeviceMessage{"who/knows", "x"});
  handle(MessageDropped{false, "r1", 100'000'000});
  ASSERT_THAT(kinds(), ElementsAre("message_rejected", "message_rejected"));
  EXPECT_EQ(body(0)["reason"], "no_device_for_topic");
  EXPECT_EQ(body(1)["source"], "reader-1");
}

TEST_F(SiteTest, WallTimeThatGoesBackRaisesOneAlarm) {
  now.wall -= std::chrono::minutes(10);
  handle(Tick{});
  handle(Tick{});
  ASSERT_THAT(kinds(), ElementsAre("clock_went_back"));
  EXPECT_EQ(body(0)["seconds"], 600);
  EXPECT_EQ(last.durability, Durability::ordered);
}

TEST_F(SiteTest, HostileHubMessagesChangeNothing) {
  handle(HubLinkChanged{true});
  records.clear();
  for (const char* payload : {"", "{}", "{\"through\":-1}", "{\"through\":999}", "[1]"}) {
    handle(HubMessage{"ack", payload});
  }
  handle(HubMessage{"feed", "junk"});
  handle(HubMessage{"config/desired", "junk"});
  for (const auto& kind : kinds()) EXPECT_EQ(kind, "hub_message_rejected");
  EXPECT_EQ(records.size(), 4U) << "one of each reason";
}

TEST_F(SiteTest, TimersComeBackToTheirPlugin) {
  handle(DeviceMessage{"s1/x", ""});
  returned(calls()[0], {{.kind = PluginEffectKind::timer,
                         .device = "gate-1",
                         .name = "poll",
                         .data = {},
                         .delay = Millis(700)}});
  ASSERT_EQ(site->next_deadline(), now.mono + Millis(700));
  now.mono += Millis(700);
  handle(Tick{});
  ASSERT_EQ(calls().size(), 1U);
  EXPECT_EQ(calls()[0].input.kind, PluginInputKind::timer);
  EXPECT_EQ(calls()[0].input.name, "poll");
}

TEST_F(SiteTest, RecordsAreReportedOnlyOnceTheyAreStable) {
  handle(HubLinkChanged{true});  // appends an unsettled record
  EXPECT_THAT(site->settle(Durability::ordered, now).actions, IsEmpty());
  now.mono += JournalWriter::kSettle;
  EXPECT_EQ(site->settle(Durability::ordered, now).durability, Durability::stable);
  now.mono += Reporter::kGather;
  const auto settled = site->settle(Durability::ordered, now);
  ASSERT_EQ(settled.actions.size(), 1U);
  EXPECT_EQ(std::get<SendReport>(settled.actions[0]).last, records.back().seq);
}

TEST_F(SiteTest, WhatAReaderDecidedItselfIsOnRecordBeforeItIsAcknowledged) {
  config.devices.at("reader-1").publish = {"r1/ack"};
  restart({});
  handle(DeviceMessage{"r1", "batch"});
  const Json accesses = {{{"time", 7}, {"result", "granted"}, {"means", "card"}, {"code", "04A2"}},
                         {{"time", 8}, {"result", "denied"}, {"means", "button"}, {"code", ""}}};
  returned(calls()[0], {event("reader-1", "accessed_offline", {{"accesses", accesses}}),
                        publish("reader-1", "r1/ack")});
  EXPECT_THAT(kinds(), ElementsAre("offline_access", "offline_access"));
  EXPECT_EQ(last.durability, Durability::stable);
  EXPECT_THAT(published(), ElementsAre("r1/ack"));
  EXPECT_EQ(body(0)["access_point"], "point-1");
  EXPECT_EQ(body(0)["time"], 7);
  EXPECT_EQ(body(0)["code"].get<std::string>().size(), 32U);
  EXPECT_FALSE(body(1).contains("code"));
  handle(DeviceMessage{"r1", "nonsense"});
  returned(calls()[0], {event("reader-1", "accessed_offline", {{"accesses", {1, "two"}}})});
  EXPECT_THAT(kinds(), ElementsAre("offline_access", "offline_access"));
}

}  // namespace
}  // namespace xiaogate::site
