#include "links/broker_address.h"

#include <gtest/gtest.h>

#include "links/backoff.h"

namespace xiaogate::links {
namespace {

TEST(BrokerUrl, HostAndPort) {
  const auto plain = parse_broker_url("mqtt://127.0.0.1:18830");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "127.0.0.1");
  EXPECT_EQ(plain->port, 18830);
  EXPECT_EQ(parse_broker_url("mqtt://localhost")->port, 1883);
  const auto v6 = parse_broker_url("mqtt://[::1]:7");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 7);
}

TEST(BrokerUrl, WhatIsNotOne) {
  for (const char* url :
       {"", "127.0.0.1:1883", "mqtts://127.0.0.1", "mqtt://", "mqtt://:1883",
        "mqtt://localhost:", "mqtt://localhost:0", "mqtt://localhost:65536", "mqtt://localhost:18x",
        "mqtt://localhost/path", "mqtt://user@localhost", "mqtt://[::1", "mqtt://[::1]7"}) {
    const auto parsed = parse_broker_url(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().code, "link.url") << url;
  }
}

TEST(BrokerUrl, PlaintextStaysOnThisMachine) {
  for (const char* url : {"mqtt://192.168.1.10", "mqtt://broker.example:1883", "mqtt://0.0.0.0",
                          "mqtt://128.0.0.1", "mqtt://[2001:db8::1]", "mqtt://[::]",
                          "mqtt://localhost.example", "mqtt://127.0.0.1.example"}) {
    const auto parsed = parse_broker_url(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().code, "link.plaintext") << url;
  }
  EXPECT_TRUE(parse_broker_url("mqtt://127.255.0.9"));
}

TEST(BrokerUrl, Resolves) {
  const auto literal = resolve({"127.0.0.1", 1883});
  ASSERT_TRUE(literal);
  ASSERT_EQ(literal->size(), 1U);
  EXPECT_EQ(literal->front().paho_uri(), "tcp://127.0.0.1:1883");
  EXPECT_EQ((BrokerAddress{"::1", 5}.paho_uri()), "tcp://[::1]:5");
  const auto name = resolve({"localhost", 1883});
  ASSERT_TRUE(name);
  EXPECT_EQ(name->front().host, "127.0.0.1");
}

TEST(BrokerUrl, AnAddressElsewhereIsNeverUsed) {
  const auto elsewhere = resolve({"192.0.2.1", 1883});
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, "link.resolve");
}

TEST(Backoff, DoublesUpToTheMaximumAndStartsAgain) {
  Backoff backoff(Millis{100}, Millis{1000}, 7);
  for (const int ceiling : {100, 200, 400, 800, 1000, 1000, 1000}) {
    const Millis delay = backoff.next();
    EXPECT_GE(delay, Millis{ceiling / 2});
    EXPECT_LE(delay, Millis{ceiling});
  }
  backoff.reset();
  EXPECT_LE(backoff.next(), Millis{100});
}

TEST(Backoff, TheSeedDecides) {
  Backoff one(Millis{1000}, Millis{1000000}, 1);
  Backoff same(Millis{1000}, Millis{1000000}, 1);
  Backoff other(Millis{1000}, Millis{1000000}, 2);
  bool differs = false;
  for (int i = 0; i < 8; ++i) {
    const Millis delay = one.next();
    EXPECT_EQ(delay, same.next());
    differs |= delay != other.next();
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace xiaogate::links
