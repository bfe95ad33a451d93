// The link against a real mosquitto that fails it.
#include <atomic>
#include <fstream>
#include <semaphore>

#include <gtest/gtest.h>

#include "links/mqtt_link.h"
#include "tests/links/recorder.h"
#include "tests/support/mosquitto.h"

namespace xiaogate::links {
namespace {

using test::quick_options;
using test::Recorder;
using xiaogate::test::absent_mosquitto;
using xiaogate::test::Mosquitto;
using xiaogate::test::wait_until;

LinkOptions listening(const Mosquitto& broker, std::string client_id) {
  LinkOptions options = quick_options(broker.url(), std::move(client_id));
  options.subscriptions = {{"topic", 1}};
  return options;
}

TEST(LinkFaults, BrokerRestartIsSurvivedAndSubscriptionsAreMadeAgain) {
  Mosquitto broker;
  Recorder link(listening(broker, "one"));
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(link.wait_up(round));
    const std::string payload = std::to_string(round);
    ASSERT_TRUE(link.link().publish("topic", payload, 1, false));
    ASSERT_TRUE(link.wait_message(payload)) << round;
    round == 2 ? broker.kill() : broker.stop();
    ASSERT_TRUE(link.wait_down(round));
    EXPECT_FALSE(link.link().up());
    broker.start();
  }
  ASSERT_TRUE(link.wait_up(4));
  EXPECT_EQ(link.link().counters().connected, 4U);
}

TEST(LinkFaults, BrokerAbsentAtStartIsJustAnotherAttempt) {
  const auto broker = absent_mosquitto();
  Recorder link(listening(*broker, "one"));
  ASSERT_TRUE(wait_until([&] { return link.link().counters().attempts >= 3; }));
  broker->start();
  ASSERT_TRUE(link.wait_up());
  ASSERT_TRUE(link.link().publish("topic", "x", 1, false));
  ASSERT_TRUE(link.wait_message("x"));
  link.destroy();
  EXPECT_EQ(link.downs, 1);  // told once, not for every attempt
  EXPECT_NE(link.reasons[0].find("127.0.0.1"), std::string::npos) << link.reasons[0];
}

TEST(LinkFaults, HalfOpenConnectionIsNoticedByKeepAlive) {
  const Mosquitto broker;
  LinkOptions options = listening(broker, "one");
  options.connect_timeout = Millis{2000};
  Recorder link(options);
  ASSERT_TRUE(link.wait_up());
  broker.pause();
  ASSERT_TRUE(link.wait_down());
  EXPECT_EQ(link.link().publish("topic", "late", 1, false).error().code, "link.down");
  // The kernel goes on accepting connections; nobody answers them.
  const auto attempts = link.link().counters().attempts;
  ASSERT_TRUE(wait_until([&] { return link.link().counters().attempts >= attempts + 2; }));
  broker.resume();
  ASSERT_TRUE(link.wait_up(2));
  ASSERT_TRUE(link.link().publish("topic", "x", 1, false));
  ASSERT_TRUE(link.wait_message("x"));
}

TEST(LinkFaults, NothingPublishedWhileDownArrivesLater) {
  Mosquitto broker;
  Recorder witness(listening(broker, "witness"));
  Recorder link(quick_options(broker.url(), "one"));
  ASSERT_TRUE(link.wait_up() && witness.wait_up());
  broker.stop();
  ASSERT_TRUE(link.wait_down());
  for (int i = 0; i < 100; ++i) {
    const auto published = link.link().publish("topic", "late", 1, false);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().code, "link.down");
  }
  broker.start();
  ASSERT_TRUE(link.wait_up(2) && witness.wait_up(2));
  ASSERT_TRUE(link.link().publish("topic", "now", 1, false));
  ASSERT_TRUE(witness.wait_message("now"));
  witness.destroy();
  EXPECT_EQ(witness.messages.size(), 1U);
}

// Accepted while the broker hung: it was on its way and must not come again over the next
// connection.
TEST(LinkFaults, WhatWasInFlightAtTheLossIsDiscardedNotRepeated) {
  Mosquitto broker;
  LinkOptions options = quick_options(broker.url(), "one");
  options.max_in_flight = 50;
  Recorder link(options);
  ASSERT_TRUE(link.wait_up());
  broker.pause();
  int accepted = 0;
  for (;; ++accepted) {
    const auto published = link.link().publish("topic", std::string(1000, 'x'), 1, false);
    if (published) continue;
    EXPECT_EQ(published.error().code, "link.full");
    break;
  }
  EXPECT_EQ(accepted, 50);
  broker.kill();
  ASSERT_TRUE(link.wait_down());
  EXPECT_TRUE(link.link().flush(xiaogate::test::kPatience));
  EXPECT_EQ(link.link().counters().discarded, 50U);

  broker.start();
  Recorder witness(listening(broker, "witness"));
  ASSERT_TRUE(link.wait_up(2) && witness.wait_up());
  ASSERT_TRUE(link.link().publish("topic", "now", 1, false));
  ASSERT_TRUE(witness.wait_message("now"));
  witness.destroy();
  EXPECT_EQ(witness.messages.size(), 1U);
}

// mosquitto's ACL file lets every subscription pass in silence; its dynamic security does not.
TEST(LinkFaults, ARefusedSubscriptionIsTold) {
  const xiaogate::test::TempDir directory;
  const auto rules = directory.path() / "rules.json";
  std::ofstream(rules) << R"({"defaultACLAccess": {"publishClientSend": true,
    "publishClientReceive": true, "subscribe": false, "unsubscribe": true}})";
  const Mosquitto broker("plugin mosquitto_dynamic_security.so\nplugin_opt_config_file " +
                         rules.string() + "\n");
  Recorder link(listening(broker, "one"));
  ASSERT_TRUE(link.wait_down());
  link.destroy();
  EXPECT_EQ(link.ups, 0);
  EXPECT_NE(link.reasons[0].find("subscri"), std::string::npos) << link.reasons[0];
}

TEST(LinkFaults, TheWillIsPublishedWhenTheProcessIsCutOffButNotAtAFarewell) {
  const Mosquitto broker;
  Recorder witness(listening(broker, "witness"));
  ASSERT_TRUE(witness.wait_up());
  LinkOptions options = quick_options(broker.url(), "one");
  options.will = Will{"topic", "gone", false};
  {
    Recorder polite(options);
    ASSERT_TRUE(polite.wait_up());
  }
  Recorder first(options);
  ASSERT_TRUE(first.wait_up());
  ASSERT_TRUE(first.link().publish("topic", "after the farewell", 1, false));
  ASSERT_TRUE(witness.wait_message("after the farewell"));
  // A second client of the same name makes the broker cut the first one off.
  Recorder second(options);
  ASSERT_TRUE(witness.wait_message("gone"));
  second.destroy();
  first.destroy();
  witness.destroy();
  EXPECT_EQ(witness.messages.at(0).payload, "after the farewell");
}

TEST(LinkFaults, TwoClientsOfOneNameBackOffInsteadOfFighting) {
  const Mosquitto broker;
  LinkOptions options = quick_options(broker.url(), "same");
  options.backoff_min = Millis{50};
  options.backoff_max = Millis{60000};
  Recorder first(options);
  ASSERT_TRUE(first.wait_up());
  options.jitter_seed = 1;
  Recorder second(options);
  ASSERT_TRUE(first.wait_down(3));
  // Each loss doubles the wait; without that there would be hundreds of losses in this time.
  EXPECT_FALSE(first.wait([](const Recorder& r) { return r.downs >= 20; }, Millis{2000}));
}

// ---- Destruction in every state: it returns, and no callback comes afterwards (the recorder is
// gone by then, which the sanitizers would see).

TEST(LinkDestruction, Unconnected) {
  const auto broker = absent_mosquitto();
  {
    Recorder link(listening(*broker, "at once"));
  }
  Recorder link(listening(*broker, "backing off"));
  ASSERT_TRUE(link.wait_down());
}

TEST(LinkDestruction, Connecting) {
  const Mosquitto broker;
  broker.pause();
  Recorder link(listening(broker, "one"));
  ASSERT_TRUE(wait_until([&] { return link.link().counters().attempts == 1; }));
}

TEST(LinkDestruction, UpAndBusy) {
  const Mosquitto broker;
  Recorder link(listening(broker, "one"));
  ASSERT_TRUE(link.wait_up());
  for (int i = 0; i < 1000; ++i) (void)link.link().publish("topic", "x", 1, false);
}

TEST(LinkDestruction, UpButTheBrokerHangs) {
  const Mosquitto broker;
  LinkOptions options = listening(broker, "one");
  options.keep_alive = Millis{60000};
  Recorder link(options);
  ASSERT_TRUE(link.wait_up());
  broker.pause();
  for (int i = 0; i < 1000; ++i)
    (void)link.link().publish("topic", std::string(60000, 'x'), 1, false);
}

TEST(LinkDestruction, Lost) {
  Mosquitto broker;
  Recorder link(listening(broker, "one"));
  ASSERT_TRUE(link.wait_up());
  broker.kill();
}

// The consumer's inbox is full and stays so: on_message gives up after a while, which is all that
// the destructor has to wait for.
TEST(LinkDestruction, WhileTheConsumerHoldsBackMessages) {
  const Mosquitto broker;
  std::binary_semaphore room_in_inbox{0};
  std::atomic<int> arrived{0};
  LinkEvents events;
  events.on_message = [&](Message&&) {
    ++arrived;
    if (room_in_inbox.try_acquire_for(Millis{100})) room_in_inbox.release();
  };
  auto link = MqttLink::create(listening(broker, "one"), std::move(events));
  ASSERT_TRUE(link);
  ASSERT_TRUE(wait_until([&] { return (*link)->up(); }));
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE((*link)->publish("topic", "x", 1, false) || true);
  ASSERT_TRUE(wait_until([&] { return arrived > 0; }));
  link->reset();
  EXPECT_LT(arrived, 1000);
}

TEST(LinkDestruction, ManyTimesWhileAnotherLinkWorks) {
  const Mosquitto broker;
  Recorder steady(listening(broker, "steady"));
  ASSERT_TRUE(steady.wait_up());
  for (int i = 0; i < 50; ++i) {
    Recorder link(listening(broker, "brief"));
    ASSERT_TRUE(i % 2 == 1 || link.wait_up());
    ASSERT_TRUE(steady.link().publish("topic", std::to_string(i), 1, false));
  }
  ASSERT_TRUE(steady.wait_message("49"));
  EXPECT_EQ(steady.link().counters().connected, 1U);
}

}  // namespace
}  // namespace xiaogate::links
