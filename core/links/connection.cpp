#include "links/connection.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include <MQTTAsync.h>

namespace xiaogate::links {
namespace {

// See connection.h. Never taken on Paho's threads, so it cannot be taken in the wrong order with
// Paho's own lock.
std::mutex& paho_mutex() {
  static std::mutex mutex;
  return mutex;
}

std::string describe(int code, const char* message) {
  if (message != nullptr) return message;
  switch (code) {  // CONNACK return codes, MQTT 3.1.1 section 3.2.2.3
    case 1:
      return "the broker does not speak MQTT 3.1.1";
    case 2:
      return "the broker refuses the client id";
    case 3:
      return "the broker is not available";
    case 4:
      return "the broker refuses the user name or password";
    case 5:
      return "the broker does not authorise this client";
    default:
      break;
  }
  const char* const text = MQTTAsync_strerror(code);
  return text != nullptr ? text : "Paho error " + std::to_string(code);
}

Result<void> paho_result(int code, const char* what) {
  if (code == MQTTASYNC_SUCCESS) return {};
  return failure("link.paho", std::string(what) + ": " + describe(code, nullptr));
}

ConnectionListener& listener_of(void* context) {
  return *static_cast<ConnectionListener*>(context);
}

void connect_succeeded(void* context, MQTTAsync_successData*) {
  listener_of(context).on_connected();
}

void connect_failed(void* context, MQTTAsync_failureData* data) {
  listener_of(context).on_broken("connecting failed: " + describe(data->code, data->message));
}

void connection_lost(void* context, char*) {
  listener_of(context).on_broken("the connection was lost");
}

void subscribe_failed(void* context, MQTTAsync_failureData* data) {
  listener_of(context).on_broken("subscribing failed: " + describe(data->code, data->message));
}

void one_subscribed(void* context, MQTTAsync_successData*) {
  listener_of(context).on_subscribed();
}

void send_succeeded(void* context, MQTTAsync_successData*) {
  listener_of(context).on_finished(true);
}

void send_failed(void* context, MQTTAsync_failureData*) {
  listener_of(context).on_finished(false);
}

int message_arrived(void* context, char* topic, int topic_length, MQTTAsync_message* message) {
  const std::size_t length =
      topic_length > 0 ? static_cast<std::size_t>(topic_length) : std::strlen(topic);
  listener_of(context).on_arrived(
      {topic, length},
      {static_cast<const char*>(message->payload), static_cast<std::size_t>(message->payloadlen)},
      message->retained != 0);
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

int whole_seconds(Millis time) {
  const auto seconds = (time + Millis{999}) / std::chrono::seconds{1};
  return static_cast<int>(std::clamp<Millis::rep>(seconds, 1, 65535));
}

}  // namespace

Result<std::shared_ptr<PahoLibrary>> PahoLibrary::acquire() {
  static std::mutex mutex;
  static std::weak_ptr<PahoLibrary> shared;
  const std::lock_guard lock(mutex);
  if (auto library = shared.lock()) return library;

  auto pulse = Pulse::start();
  if (!pulse) return std::unexpected(pulse.error());
  const BrokerAddress address{"127.0.0.1", (*pulse)->port()};

  const std::lock_guard paho_lock(paho_mutex());
  MQTTAsync idle = nullptr;
  const int code = MQTTAsync_create(&idle, address.paho_uri().c_str(), "pulse",
                                    MQTTCLIENT_PERSISTENCE_NONE, nullptr);
  if (const auto made = paho_result(code, "starting Paho"); !made) {
    return std::unexpected(made.error());
  }
  auto library = std::make_shared<PahoLibrary>(*std::move(pulse), idle);
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  connect.MQTTVersion = MQTTVERSION_3_1_1;
  connect.keepAliveInterval = 0;
  MQTTAsync_connect(idle, &connect);  // should it fail, the links work, with Paho's pauses
  shared = library;
  return library;
}

// Of what signals the send thread, only the reconnecting of a connected client does nothing else.
void PahoLibrary::wake() {
  const std::lock_guard lock(paho_mutex());
  if (MQTTAsync_isConnected(idle_client_) != 0) MQTTAsync_reconnect(idle_client_);
}

PahoLibrary::~PahoLibrary() {
  const std::lock_guard lock(paho_mutex());
  MQTTAsync_destroy(&idle_client_);
}

Result<std::unique_ptr<Connection>> Connection::open(const BrokerAddress& broker,
                                                     const LinkOptions& options,
                                                     ConnectionListener& listener) {
  MQTTAsync_createOptions creation = MQTTAsync_createOptions_initializer;
  creation.MQTTVersion = MQTTVERSION_3_1_1;
  // Ours is the bound that counts; Paho's must lie above it, subscription included.
  creation.maxBufferedMessages = static_cast<int>(options.max_in_flight) + 16;

  const std::lock_guard lock(paho_mutex());
  MQTTAsync client = nullptr;
  int code =
      MQTTAsync_createWithOptions(&client, broker.paho_uri().c_str(), options.client_id.c_str(),
                                  MQTTCLIENT_PERSISTENCE_NONE, nullptr, &creation);
  if (const auto made = paho_result(code, "making a client"); !made) {
    return std::unexpected(made.error());
  }
  std::unique_ptr<Connection> connection(new Connection(client, listener));
  MQTTAsync_setCallbacks(client, &listener, connection_lost, message_arrived, nullptr);

  MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  connect.MQTTVersion = MQTTVERSION_3_1_1;
  connect.keepAliveInterval = whole_seconds(options.keep_alive);
  connect.connectTimeout = whole_seconds(options.connect_timeout);
  connect.cleansession = options.clean_session ? 1 : 0;
  connect.automaticReconnect = 0;
  connect.context = &listener;
  connect.onSuccess = connect_succeeded;
  connect.onFailure = connect_failed;
  if (options.will) {
    will.topicName = options.will->topic.c_str();
    will.payload.data = options.will->payload.data();
    will.payload.len = static_cast<int>(options.will->payload.size());
    will.qos = 1;
    will.retained = options.will->retain ? 1 : 0;
    connect.will = &will;
  }
  code = MQTTAsync_connect(client, &connect);
  if (code != MQTTASYNC_SUCCESS)
    listener.on_broken("connecting failed: " + describe(code, nullptr));
  return connection;
}

Connection::~Connection() {
  const std::lock_guard lock(paho_mutex());
  MQTTAsync_destroy(&client_);
}

Result<void> Connection::subscribe(const Subscription& subscription) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = &listener_;
  response.onSuccess = one_subscribed;
  response.onFailure = subscribe_failed;
  const std::lock_guard lock(paho_mutex());
  return paho_result(
      MQTTAsync_subscribe(client_, subscription.filter.c_str(), subscription.qos, &response),
      "subscribing");
}

Result<void> Connection::send(const std::string& topic, const std::string& payload, int qos,
                              bool retain) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = &listener_;
  response.onSuccess = send_succeeded;
  response.onFailure = send_failed;
  const std::lock_guard lock(paho_mutex());
  return paho_result(MQTTAsync_send(client_, topic.c_str(), static_cast<int>(payload.size()),
                                    payload.data(), qos, retain ? 1 : 0, &response),
                     "publishing");
}

}  // namespace xiaogate::links
