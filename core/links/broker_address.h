// Where a broker is: the URL of the configuration, and the socket addresses behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace xiaogate::links {

struct BrokerUrl {
  std::string host;  // name or literal address, IPv6 without brackets
  std::uint16_t port = 1883;
};

// Parses "mqtt://host[:port]". "link.url" if it is not of that form; "link.plaintext" if the host
// is not this machine: without TLS everybody on the way could read and open gates.
Result<BrokerUrl> parse_broker_url(std::string_view url);

// A numeric address, so that neither Paho nor anybody after it asks a resolver.
struct BrokerAddress {
  std::string host;  // "127.0.0.1" or "::1"
  std::uint16_t port = 0;

  // "tcp://127.0.0.1:1883", as Paho wants it.
  std::string paho_uri() const;
};

// The loopback addresses of the host, IPv4 first. Blocks while a resolver is asked (never for a
// literal address). "link.resolve" if there is none.
Result<std::vector<BrokerAddress>> resolve(const BrokerUrl& url);

// Sets TCP_NODELAY on every TCP socket of this process whose peer is `broker`, and returns how
// many that are.
//
// Paho 1.3 has no option for it and does not give its descriptor away (paho.mqtt.c #530), so the
// sockets are found by their peer among the open descriptors. Several links to the same broker
// are alike in this, so setting it on all of them is right whichever of them asks.
int set_no_delay(const BrokerAddress& broker);

}  // namespace xiaogate::links
