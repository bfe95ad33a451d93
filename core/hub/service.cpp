#include "hub/service.h"

#include <cerrno>
#include <deque>
#include <utility>

#include <poll.h>

#include "api/http_server.h"
#include "cose/digest.h"
#include "hub/hub.h"
#include "hub/routes.h"
#include "links/mqtt_link.h"
#include "process/logging.h"

namespace xiaogate::hub {
namespace {

constexpr std::size_t kMaxWaiting = 256;  // of at most 128 KiB each
constexpr std::size_t kMaxMessage = std::size_t{128} * 1024;
constexpr std::size_t kMaxInFlight = 256;
constexpr std::size_t kPagesAtOnce = 16;
// How long a message from the broker waits for room; then it is lost, and the gateway repeats it.
constexpr Millis kRoomPatience{1000};
// How soon a full link is tried again.
constexpr int kRetryMs = 5;

WallTime wall_now() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

links::LinkOptions link_options(const std::string& broker) {
  links::LinkOptions options;
  options.url = broker;
  options.client_id = "xiaogate-hub-" + to_hex(cose::random_octets(4));
  options.max_payload = kMaxMessage;
  options.max_in_flight = kMaxInFlight;
  const Bytes seed = cose::random_octets(8);
  options.jitter_seed = KeyId::from_bytes(seed)->number();
  for (auto& filter : hub_filters()) options.subscriptions.push_back({std::move(filter), 1});
  return options;
}

links::LinkEvents link_events(Inbox& inbox) {
  return {.on_message =
              [&inbox](links::Message&& message) {
                const bool taken =
                    inbox.post(BrokerMessage{std::move(message.topic), std::move(message.payload),
                                             message.retained},
                               kRoomPatience);
                if (!taken) process::log_warning("message lost, the hub is overloaded");
              },
          .on_state =
              [&inbox](bool up, std::string why) {
                inbox.post_always(BrokerLinkChanged{up, std::move(why)});
              },
          .on_dropped =
              [&inbox](links::Dropped dropped) {
                inbox.post(BrokerMessageDropped{std::move(dropped.topic), dropped.size},
                           kRoomPatience);
              }};
}

// What is to be published, in order. Lives on the loop's thread.
class Outbox {
 public:
  explicit Outbox(links::MqttLink& link) : link_(link) {}

  void add(std::vector<Publication> publications) {
    for (auto& one : publications) waiting_.push_back(std::move(one));
  }
  bool empty() const { return waiting_.empty(); }

  // Publishes what the link has room for. While it is down nothing waits: gateways ask again for
  // whatever they missed, and the newest batch is published when it is up again.
  void flush() {
    while (!waiting_.empty()) {
      const Publication& one = waiting_.front();
      const auto sent = link_.publish(one.topic, one.payload, 1, false);
      if (!sent && sent.error().code == "link.full") return;
      if (!sent && sent.error().code == "link.down") {
        waiting_.clear();
        return;
      }
      if (!sent) {
        process::log_error("publication refused",
                           {{"topic", one.topic}, {"error", sent.error().text}});
      }
      waiting_.pop_front();
    }
  }

 private:
  links::MqttLink& link_;
  std::deque<Publication> waiting_;
};

// Waits for input, for the stop signal, or until `timeout_ms` (-1: for ever). True to go on.
bool wait(const Inbox& inbox, process::StopSignals& stop, int timeout_ms) {
  pollfd watched[] = {{.fd = inbox.descriptor(), .events = POLLIN, .revents = 0},
                      {.fd = stop.descriptor(), .events = POLLIN, .revents = 0}};
  if (poll(watched, 2, timeout_ms) < 0 && errno != EINTR) return false;
  return !stop.take();
}

void run(Hub& hub, Inbox& inbox, Outbox& outbox, process::StopSignals& stop) {
  while (true) {
    const int timeout = !outbox.empty() ? kRetryMs : hub.has_pages() ? 0 : -1;
    if (!wait(inbox, stop, timeout)) return;
    auto inputs = inbox.drain();
    if (!inputs.empty()) outbox.add(hub.turn(std::move(inputs), wall_now()));
    outbox.flush();
    if (outbox.empty() && hub.has_pages()) {
      outbox.add(hub.pages(kPagesAtOnce));
      outbox.flush();
    }
  }
}

void refuse_what_waits(Inbox& inbox) {
  inbox.close();
  for (const Input& input : inbox.drain()) {
    if (const auto* question = std::get_if<Question>(&input)) {
      question->answer(api::error_response(503, "hub.busy", "the hub is stopping"));
    }
  }
}

}  // namespace

Result<void> serve(const ServiceOptions& options, process::StopSignals& stop) {
  auto hub = Hub::open(options.directory, cose::random_octets);
  if (!hub) return std::unexpected(hub.error());
  auto inbox = Inbox::create(kMaxWaiting);
  if (!inbox) return std::unexpected(inbox.error());
  auto link = links::MqttLink::create(link_options(options.broker), link_events(**inbox));
  if (!link) return std::unexpected(link.error());
  const auto socket = options.socket.empty() ? options.directory / "hub.sock" : options.socket;
  auto server = api::HttpServer::start(socket, hub_routes(**inbox));
  if (!server) return std::unexpected(server.error());
  process::log_info(
      "serving",
      {{"region", (*hub)->region()}, {"broker", options.broker}, {"socket", socket.string()}});
  Outbox outbox(**link);
  run(**hub, **inbox, outbox, stop);
  process::log_info("stopping");
  // Handlers that wait for an answer get one, so that the server can end them.
  refuse_what_waits(**inbox);
  server->reset();
  link->reset();
  return {};
}

}  // namespace xiaogate::hub
