#include "tests/bench/bare_client.h"

#include <cstring>
#include <stdexcept>
#include <utility>

#include <MQTTAsync.h>

#include "tests/support/wait.h"

namespace xiaogate::bench {
namespace {

void counted(void* steps, MQTTAsync_successData*) {
  ++*static_cast<std::atomic<std::size_t>*>(steps);
}

}  // namespace

links::BrokerAddress address_of(const std::string& url) {
  return links::resolve(*links::parse_broker_url(url))->front();
}

BareClient::BareClient(const std::string& url, const char* id,
                       const std::vector<std::string>& filters, OnMessage on_message)
    : on_message_(std::move(on_message)) {
  const auto broker = address_of(url);
  const auto reached = [&](std::size_t steps) {
    if (!test::wait_until([&] { return steps_ == steps; })) {
      throw std::runtime_error(std::string(id) + ": the broker does not answer");
    }
  };
  MQTTAsync_createOptions creation = MQTTAsync_createOptions_initializer;
  creation.maxBufferedMessages = 4096;
  MQTTAsync_createWithOptions(&client_, broker.paho_uri().c_str(), id, MQTTCLIENT_PERSISTENCE_NONE,
                              nullptr, &creation);
  const auto arrived = [](void* context, char* topic, int length, MQTTAsync_message* message) {
    auto& self = *static_cast<BareClient*>(context);
    const auto size = length > 0 ? static_cast<std::size_t>(length) : std::strlen(topic);
    self.on_message_(self, {{topic, size},
                            {static_cast<const char*>(message->payload),
                             static_cast<std::size_t>(message->payloadlen)}});
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
  };
  MQTTAsync_setCallbacks(client_, this, nullptr, arrived, nullptr);
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  connect.MQTTVersion = MQTTVERSION_3_1_1;
  connect.context = &steps_;
  connect.onSuccess = counted;
  if (MQTTAsync_connect(client_, &connect) != MQTTASYNC_SUCCESS) {
    throw std::runtime_error(std::string(id) + ": Paho does not connect");
  }
  reached(1);
  if (links::set_no_delay(broker) == 0)
    throw std::runtime_error("the client's socket is not found");
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = &steps_;
  response.onSuccess = counted;
  for (const std::string& filter : filters) {
    MQTTAsync_subscribe(client_, filter.c_str(), 1, &response);
  }
  reached(1 + filters.size());
}

BareClient::~BareClient() {
  MQTTAsync_destroy(&client_);
}

void BareClient::send(const std::string& topic, std::string_view payload, bool retain) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  const int code = MQTTAsync_send(client_, topic.c_str(), static_cast<int>(payload.size()),
                                  payload.data(), 1, retain ? 1 : 0, &response);
  if (code != MQTTASYNC_SUCCESS) {
    throw std::runtime_error("Paho refuses to send: " + std::to_string(code));
  }
}

}  // namespace xiaogate::bench
