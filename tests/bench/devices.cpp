#include "tests/bench/devices.h"

#include <stdexcept>

#include "model/json.h"
#include "tests/bench/gateway_stage.h"

namespace xiaogate::bench {

Devices::Devices(const std::string& site_broker, const std::string& hub_broker,
                 std::size_t access_points)
    : waiting_(access_points),
      site_(site_broker, "devices", {"+/rpc"},
            [this](BareClient& client, const Heard& message) { heard(client, message); }),
      hub_(hub_broker, "devices", {"xg/1/" + std::string(kGateway) + "/ack"},
           [this](BareClient&, const Heard& message) { acknowledged(message); }) {
  for (std::size_t i = 0; i < access_points; ++i) {
    site_.send("gate-" + std::to_string(i) + "/online", "true", true);
  }
}

void Devices::scan(const std::string& code) {
  std::size_t point = 0;
  {
    const std::scoped_lock lock(mutex_);
    point = turn_++ % waiting_.size();
    waiting_[point].push_back(Clock::now());
  }
  site_.send("scan/" + std::to_string(point), code);
}

void Devices::knock(const std::string& code) {
  site_.send("scan/0", code);
}

// {"id": <decision>, "src": "xiaogate/<gate>", ...} on "gate-<n>/rpc".
void Devices::heard(BareClient& client, const Heard& message) {
  const auto now = Clock::now();
  const auto request = parse_json(message.payload);
  if (!request || !request->contains("id")) return;
  const std::size_t point = std::stoul(std::string(message.topic.substr(5)));
  const auto id = (*request)["id"].get<std::uint64_t>();
  const auto source = (*request)["src"].get<std::string>();
  client.send(source + "/rpc", R"({"id":)" + std::to_string(id) + R"(,"src":"gate-)" +
                                   std::to_string(point) + R"(","dst":")" + source +
                                   R"(","result":{"was_on":false}})");
  const std::scoped_lock lock(mutex_);
  ++opened_;
  last_decision_ = id;
  if (auto& waiting = waiting_[point]; !waiting.empty()) {
    micros_.push_back(Micros(now - waiting.front()).count());
    waiting.pop_front();
  }
  changed_.notify_all();
}

void Devices::acknowledged(const Heard& message) {
  const auto ack = parse_json(message.payload);
  if (!ack || !ack->contains("through")) return;
  const std::scoped_lock lock(mutex_);
  reported_ = (*ack)["through"].get<std::uint64_t>();
  changed_.notify_all();
}

std::size_t Devices::opened() const {
  const std::scoped_lock lock(mutex_);
  return opened_;
}

bool Devices::wait_opened(std::size_t count, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return opened_ >= count; });
}

void Devices::wait_opened(std::size_t count) {
  if (wait_opened(count, test::kPatience)) return;
  throw std::runtime_error("only " + std::to_string(opened()) + " of " + std::to_string(count) +
                           " openings came");
}

void Devices::wait_reported() {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, test::kPatience, [&] { return reported_ >= last_decision_; })) return;
  throw std::runtime_error("the hub did not acknowledge record " + std::to_string(last_decision_));
}

std::vector<double> Devices::micros() const {
  const std::scoped_lock lock(mutex_);
  return micros_;
}

void Devices::forget() {
  const std::scoped_lock lock(mutex_);
  opened_ = 0;
  micros_.clear();
  for (auto& waiting : waiting_) waiting.clear();
}

}  // namespace xiaogate::bench
