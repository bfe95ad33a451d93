// One MQTT 3.1.1 link to a broker that keeps itself alive: it connects, subscribes, notices a lost
// connection, and tries again for ever. A broker that is absent is nothing special.
//
//   disconnected -> connecting -> subscribing -> up -> lost -> back-off -> connecting ...
//
// A thread of the link's own owns the connection and makes every call into Paho; each attempt uses
// a fresh Paho client, because reviving one after a loss is where Paho hangs and crashes.
//
// Guarantees:
// * publish() never blocks, never throws, and refuses while the link is not up: nothing is kept to
//   be sent later, so a gate command cannot arrive minutes late. Messages that were accepted but
//   not yet handed to the broker when the connection breaks are discarded and counted.
// * At most max_in_flight accepted messages wait for their acknowledgement; the next is refused.
// * TCP_NODELAY is set on the link's socket; without it Paho costs 40 to 60 ms a message.
// * A broker that accepts bytes but no longer answers is given up between one and two and a half
//   times keep_alive after its last sign of life.
//
// Paho acknowledges a QoS 1 message before or while on_message runs, not after it: what must
// survive a crash of this process has to be asked for again by its own protocol.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/time.h"

namespace xiaogate::links {

struct Subscription {
  std::string filter;
  int qos = 1;  // 0, 1 or 2
};

// What the broker publishes in our name if the connection ends without a farewell.
struct Will {
  std::string topic;
  std::string payload;
  bool retain = false;  // sent with QoS 1
};

struct LinkOptions {
  std::string url;                // "mqtt://host[:port]", this machine only
  std::string client_id;          // 1 to 64 characters; must be unique at the broker
  Millis keep_alive{30000};       // rounded up to whole seconds, at least one
  Millis connect_timeout{10000};  // for TCP with CONNACK, and for the SUBACKs
  Millis backoff_min{200};
  Millis backoff_max{15000};
  std::uint64_t jitter_seed = 0;  // see Backoff
  std::optional<Will> will;
  std::vector<Subscription> subscriptions;
  // Received messages above this are dropped and told; sent ones are refused. What a hostile
  // publisher can make Paho allocate for one message is bounded by the broker's max_packet_size.
  std::size_t max_payload = std::size_t{64} * 1024;
  std::size_t max_in_flight = 1024;
  bool clean_session = true;
};

struct Message {
  std::string topic;
  std::string payload;  // any octets
  bool retained = false;
};

// A received message that was not handed over because of its size.
struct Dropped {
  std::string topic;
  std::size_t size = 0;
};

// Callbacks. They may call publish(), up() and counters(), nothing else of a link, and must not
// throw.
struct LinkEvents {
  // On Paho's receive thread, in the order of arrival. It may block to apply back-pressure: the
  // broker's socket is then not read. Every link of the process waits meanwhile, and so does the
  // destructor: REQUIRES that it returns within a time much shorter than keep_alive whatever the
  // consumer does, above all while the consumer destroys the link.
  std::function<void(Message&&)> on_message;
  // On the link's thread: true once connected and subscribed; false with the reason after each
  // loss and after the first failed attempt of a row.
  std::function<void(bool up, std::string why)> on_state;
  // On Paho's receive thread.
  std::function<void(Dropped)> on_dropped;
};

// All since the link was made.
struct LinkCounters {
  std::uint64_t received = 0;   // handed to on_message
  std::uint64_t oversized = 0;  // received, above max_payload
  std::uint64_t sent = 0;       // handed over; QoS 1 and 2: acknowledged
  std::uint64_t refused = 0;    // by publish()
  std::uint64_t discarded = 0;  // accepted by publish(), then the connection broke
  std::uint64_t connected = 0;  // times the link came up
  std::uint64_t attempts = 0;   // connections tried
};

// Thread-safe.
class MqttLink {
 public:
  // Starts connecting and returns at once. Errors: "link.url", "link.plaintext" (see
  // parse_broker_url) and "link.options" for anything else out of range.
  static Result<std::unique_ptr<MqttLink>> create(LinkOptions options, LinkEvents events);

  // Says farewell to the broker, discards what was not sent, ends the thread. Takes up to two
  // seconds (Paho's own threads are ended with the last link) plus a blocked on_message. No
  // callback runs afterwards.
  ~MqttLink();
  MqttLink(const MqttLink&) = delete;
  MqttLink& operator=(const MqttLink&) = delete;

  // Hands one message to the link, which sends it at once. qos is 0, 1 or 2.
  // Errors: "link.down": not connected, try when on_state says up; "link.full": max_in_flight
  // messages are unacknowledged; "link.message": topic, qos or size is not allowed.
  Result<void> publish(std::string topic, std::string payload, int qos, bool retain);

  // Waits until every accepted message has been sent (and acknowledged) or discarded; false if
  // `limit` passed first. For a sender that is about to end.
  bool flush(Millis limit);

  bool up() const;
  LinkCounters counters() const;

 private:
  class Impl;
  explicit MqttLink(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace xiaogate::links
