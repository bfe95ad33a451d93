#include "tests/gateway/devices.h"

#include <stdexcept>
#include <utility>

#include "model/json.h"

namespace xiaogate::test {
namespace {

const std::string kNorth = "shellypro1-north";
const std::string kSouth = "shellypro1-south";

}  // namespace

Devices::Devices(const std::string& broker) {
  links::LinkOptions options;
  options.url = broker;
  options.client_id = "devices";
  options.backoff_min = Millis{20};
  options.backoff_max = Millis{200};
  options.max_payload = std::size_t{64} << 20U;
  options.subscriptions = {{kNorth + "/rpc", 1}, {kSouth + "/rpc", 1}};
  links::LinkEvents events;
  events.on_message = [this](links::Message&& message) { heard(message); };
  events.on_state = [this](bool up, const std::string&) {
    const std::scoped_lock lock(mutex_);
    up_ = up;
    changed_.notify_all();
  };
  auto link = links::MqttLink::create(std::move(options), std::move(events));
  if (!link) throw std::runtime_error(link.error().text);
  link_ = std::move(*link);
}

void Devices::heard(const links::Message& message) {
  const auto request = parse_json(message.payload);
  if (!request || request->value("method", "") != "Switch.Set") return;
  const std::string prefix = message.topic.substr(0, message.topic.find('/'));
  const Json answer{{"id", (*request)["id"]},
                    {"src", prefix},
                    {"dst", (*request)["src"]},
                    {"result", {{"was_on", false}}}};
  const std::scoped_lock lock(mutex_);
  commands_.push_back(
      {(*request)["id"].get<std::uint64_t>(), prefix == kNorth ? "gate-1" : "gate-2"});
  // A gate whose broker just went says nothing.
  std::ignore =
      link_->publish((*request)["src"].get<std::string>() + "/rpc", answer.dump(), 1, false);
  changed_.notify_all();
}

bool Devices::scan(const std::string& side, const std::string& code) {
  return publish("readers/" + side + "/scan", code);
}

bool Devices::publish(const std::string& topic, const std::string& payload) {
  return link_->publish(topic, payload, 1, false).has_value();
}

bool Devices::wait_up() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return up_; });
}

bool Devices::wait_commands(std::size_t seen, Millis limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return commands_.size() > seen; });
}

std::size_t Devices::command_count() const {
  const std::scoped_lock lock(mutex_);
  return commands_.size();
}

std::vector<GateCommand> Devices::commands() const {
  const std::scoped_lock lock(mutex_);
  return commands_;
}

}  // namespace xiaogate::test
