// The link against a real mosquitto: what it does while all is well.
#include "links/mqtt_link.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/links/recorder.h"
#include "tests/support/mosquitto.h"

namespace xiaogate::links {
namespace {

using test::quick_options;
using test::Recorder;
using xiaogate::test::Mosquitto;
using xiaogate::test::wait_until;

// TCP_NODELAY of each socket of this process whose peer is that port of 127.0.0.1.
std::vector<int> no_delay_of_sockets_to(std::uint16_t port) {
  std::vector<int> result;
  for (int descriptor = 3; descriptor < 1024; ++descriptor) {
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &length) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    int value = 0;
    length = sizeof value;
    getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &value, &length);
    result.push_back(value);
  }
  return result;
}

std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

#ifndef XIAOGATE_THREAD_SANITIZER  // which has a sleeping thread of its own
// Whether a thread of this process, other than the caller, is in sleep(3) or one of its kin.
bool some_thread_sleeps() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    if (entry.path().filename() == std::to_string(gettid())) continue;
    long number = -1;
    std::ifstream(entry.path() / "syscall") >> number;
    if (number == SYS_clock_nanosleep || number == SYS_nanosleep) return true;
  }
  return false;
}
#endif

TEST(MqttLink, CarriesMessagesBothWaysInOrder) {
  const Mosquitto broker;
  LinkOptions options = quick_options(broker.url(), "one");
  options.subscriptions = {{"a/+", 1}, {"b/#", 0}};
  Recorder receiver(options);
  Recorder sender(quick_options(broker.url(), "two"));
  ASSERT_TRUE(receiver.wait_up() && sender.wait_up());

  const std::string octets("\0\xFF{\"x\":1}\n", 11);
  ASSERT_TRUE(sender.link().publish("a/1", octets, 1, false));
  ASSERT_TRUE(sender.link().publish("c/1", "not subscribed", 1, false));
  ASSERT_TRUE(sender.link().publish("b/1/2", "", 0, false));
  ASSERT_TRUE(sender.link().publish("a/2", "last", 2, false));
  ASSERT_TRUE(receiver.wait_message("last"));
  EXPECT_TRUE(sender.link().flush(xiaogate::test::kPatience));
  EXPECT_EQ(sender.link().counters().sent, 4U);

  receiver.destroy();
  ASSERT_EQ(receiver.messages.size(), 3U);
  EXPECT_EQ(receiver.messages[0].topic, "a/1");
  EXPECT_EQ(receiver.messages[0].payload, octets);
  EXPECT_EQ(receiver.messages[1].topic, "b/1/2");
  EXPECT_EQ(receiver.messages[1].payload, "");
}

TEST(MqttLink, TellsRetainedMessages) {
  const Mosquitto broker;
  Recorder sender(quick_options(broker.url(), "sender"));
  ASSERT_TRUE(sender.wait_up());
  ASSERT_TRUE(sender.link().publish("state", "kept", 1, true));
  ASSERT_TRUE(sender.link().flush(xiaogate::test::kPatience));

  LinkOptions options = quick_options(broker.url(), "receiver");
  options.subscriptions = {{"state", 1}};
  Recorder receiver(options);
  ASSERT_TRUE(receiver.wait_message("kept"));
  receiver.destroy();
  EXPECT_TRUE(receiver.messages.at(0).retained);
}

TEST(MqttLink, SetsNoDelayOnEveryLinkOfTheProcess) {
  const Mosquitto broker;
  Recorder first(quick_options(broker.url(), "first"));
  Recorder second(quick_options(broker.url(), "second"));
  ASSERT_TRUE(first.wait_up() && second.wait_up());
  EXPECT_EQ(no_delay_of_sockets_to(broker.port()), (std::vector<int>{1, 1}));
}

TEST(MqttLink, RefusesWhatMqttDoesNotCarry) {
  const Mosquitto broker;
  LinkOptions options = quick_options(broker.url(), "one");
  options.max_payload = 10;
  Recorder recorder(options);
  ASSERT_TRUE(recorder.wait_up());
  EXPECT_EQ(recorder.link().publish("a/+", "x", 1, false).error().code, "link.message");
  EXPECT_EQ(recorder.link().publish("a", "x", 3, false).error().code, "link.message");
  EXPECT_EQ(recorder.link().publish("a", "12345678901", 1, false).error().code, "link.message");
  EXPECT_EQ(recorder.link().counters().refused, 3U);
}

TEST(MqttLink, DropsAndTellsOversizedPayloads) {
  const Mosquitto broker;
  LinkOptions options = quick_options(broker.url(), "receiver");
  options.subscriptions = {{"#", 1}};
  options.max_payload = 1000;
  Recorder receiver(options);
  Recorder sender(quick_options(broker.url(), "sender"));
  ASSERT_TRUE(receiver.wait_up() && sender.wait_up());
  ASSERT_TRUE(sender.link().publish("big", std::string(1001, 'x'), 1, false));
  ASSERT_TRUE(sender.link().publish("fits", std::string(1000, 'y'), 1, false));
  ASSERT_TRUE(receiver.wait_message(std::string(1000, 'y')));
  EXPECT_EQ(receiver.link().counters().oversized, 1U);
  EXPECT_EQ(receiver.link().counters().received, 1U);
  receiver.destroy();
  ASSERT_EQ(receiver.dropped.size(), 1U);
  EXPECT_EQ(receiver.dropped[0].topic, "big");
  EXPECT_EQ(receiver.dropped[0].size, 1001U);
}

// A consumer that is behind blocks the receive thread; its own publishing must go on meanwhile.
TEST(MqttLink, PublishesWhileTheConsumerHoldsBackMessages) {
  const Mosquitto broker;
  std::latch consumer_is_back(1);
  std::atomic<int> arrived{0};
  LinkOptions options = quick_options(broker.url(), "slow");
  options.subscriptions = {{"in", 1}};
  LinkEvents events;
  events.on_message = [&](Message&&) {
    ++arrived;
    consumer_is_back.wait();
  };
  auto slow = MqttLink::create(options, std::move(events));
  ASSERT_TRUE(slow);
  Recorder other(quick_options(broker.url(), "other"));
  ASSERT_TRUE(other.wait_up() && wait_until([&] { return (*slow)->up(); }));

  ASSERT_TRUE(other.link().publish("in", "1", 1, false));
  ASSERT_TRUE(other.link().publish("in", "2", 1, false));
  ASSERT_TRUE(wait_until([&] { return arrived == 1; }));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE((*slow)->publish("out", "x", 1, false));
  EXPECT_EQ(arrived, 1);
  consumer_is_back.count_down();
  EXPECT_TRUE((*slow)->flush(xiaogate::test::kPatience));
  EXPECT_TRUE(wait_until([&] { return arrived == 2; }));
}

TEST(MqttLink, SurvivesAFloodBothWaysWithBoundedMemory) {
#ifdef XIAOGATE_SANITIZED
  constexpr int kMessages = 20000;
#else
  constexpr int kMessages = 100000;
#endif
  // The broker may keep as much as the flood needs: what is lost there is not the link's doing.
  const Mosquitto broker("max_queued_messages 0\nmax_inflight_messages 0\n");
  std::atomic<int> echoes{0};
  std::atomic<int> full{0};
  LinkOptions options = quick_options(broker.url(), "flood");
  options.keep_alive = Millis{30000};
  options.subscriptions = {{"flood", 1}};
  options.max_in_flight = 256;
  LinkEvents events;
  events.on_message = [&](Message&&) { ++echoes; };
  auto made = MqttLink::create(options, std::move(events));
  ASSERT_TRUE(made);
  MqttLink& link = **made;
  ASSERT_TRUE(wait_until([&] { return link.up(); }));

  const std::string payload(300, 'p');
  for (int sent = 0; sent < kMessages;) {
    const auto published = link.publish("flood", payload, 1, false);
    if (published) {
      ++sent;
      continue;
    }
    ASSERT_EQ(published.error().code, "link.full");
    ++full;
    ASSERT_LT(static_cast<std::uint64_t>(sent) - link.counters().sent, 257U);
    std::this_thread::yield();
  }
  EXPECT_TRUE(wait_until([&] { return echoes == kMessages; }, Millis{120000})) << echoes;
  EXPECT_TRUE(link.flush(xiaogate::test::kPatience));
  EXPECT_EQ(link.counters().sent, static_cast<std::uint64_t>(kMessages));
  EXPECT_EQ(link.counters().connected, 1U);
  EXPECT_GT(full, 0);
}

// Paho by itself sleeps for 100 ms after each second in which it heard nothing, and hears nothing
// meanwhile (see pulse.h). Two such seconds must pass without it.
#ifndef XIAOGATE_THREAD_SANITIZER
TEST(MqttLink, IsNeverAsleepWhileIdle) {
  const Mosquitto broker;
  Recorder recorder(quick_options(broker.url(), "idle"));
  ASSERT_TRUE(recorder.wait_up());
  ASSERT_TRUE(wait_until([] { return !some_thread_sleeps(); }));
  EXPECT_FALSE(wait_until([] { return some_thread_sleeps(); }, Millis{2500}));
}
#endif

TEST(MqttLink, LeavesNoThread) {
  const Mosquitto broker;
  const std::size_t before = threads_of_this_process();
  {
    Recorder recorder(quick_options(broker.url(), "one"));
    ASSERT_TRUE(recorder.wait_up());
    EXPECT_GT(threads_of_this_process(), before);
  }
  // Paho's threads are detached; they say that they have ended a moment before they are gone.
  EXPECT_TRUE(wait_until([&] { return threads_of_this_process() == before; }));
}

TEST(MqttLink, RefusesImpossibleOptions) {
  const auto code = [](auto change) {
    LinkOptions options = quick_options("mqtt://127.0.0.1:1", "id");
    change(options);
    auto made = MqttLink::create(options, {});
    return made ? std::string_view("none") : made.error().code;
  };
  EXPECT_EQ(code([](LinkOptions& o) { o.url = "mqtt://192.0.2.1:1883"; }), "link.plaintext");
  EXPECT_EQ(code([](LinkOptions& o) { o.url = "http://127.0.0.1"; }), "link.url");
  EXPECT_EQ(code([](LinkOptions& o) { o.client_id = ""; }), "link.options");
  EXPECT_EQ(code([](LinkOptions& o) { o.subscriptions = {{"a#", 1}}; }), "link.options");
  EXPECT_EQ(code([](LinkOptions& o) { o.subscriptions = {{"a", 3}}; }), "link.options");
  EXPECT_EQ(code([](LinkOptions& o) { o.will = Will{"+", "", false}; }), "link.options");
  EXPECT_EQ(code([](LinkOptions& o) { o.connect_timeout = Millis{499}; }), "link.options");
  EXPECT_EQ(code([](LinkOptions& o) { o.max_in_flight = 0; }), "link.options");
  EXPECT_EQ(code([](LinkOptions& o) { o.backoff_max = Millis{1}; }), "link.options");
}

}  // namespace
}  // namespace xiaogate::links
