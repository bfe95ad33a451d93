// Everything that happens to the hub, as values.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "api/http.h"
#include "process/inbox.h"

namespace xiaogate::hub {

struct BrokerMessage {
  std::string topic;
  std::string payload;    // any octets
  bool retained = false;  // kept by the broker, sent who knows when
};
struct BrokerMessageDropped {
  std::string topic;
  std::size_t size = 0;  // too large
};
struct BrokerLinkChanged {
  bool up = false;
  std::string why;
};

enum class QuestionKind {
  add_rider,
  revoke_rider,
  suspend_rider,
  restore_rider,
  list_riders,
  list_gateways,
  list_records,
  status,
  trust
};
struct Question {
  QuestionKind kind = QuestionKind::status;
  api::Request request;
  std::function<void(api::Response)> answer;  // called exactly once, on the hub's thread
};

using Input = std::variant<BrokerMessage, BrokerMessageDropped, BrokerLinkChanged, Question>;

// A question in a lost input is never answered.
using Inbox = process::Inbox<Input>;

// To be published with QoS 1, not retained.
struct Publication {
  std::string topic;
  std::string payload;
};

}  // namespace xiaogate::hub
