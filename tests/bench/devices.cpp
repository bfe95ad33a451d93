#include "tests/bench/devices.h"

#include <charconv>
#include <stdexcept>

#include "tests/bench/gateway_stage.h"

namespace xiaogate::bench {
namespace {

// Instead of a parser, so that the bench costs no more than what it is compared with.
std::uint64_t number_after(std::string_view text, std::string_view what) {
  std::uint64_t number = 0;
  const auto at = text.find(what);
  const bool good =
      at != text.npos &&
      std::from_chars(text.data() + at + what.size(), text.data() + text.size(), number).ec ==
          std::errc();
  if (!good) throw std::runtime_error("not understood: " + std::string(text));
  return number;
}

}  // namespace

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
  const std::uint64_t id = number_after(message.payload, R"("id":)");
  const std::size_t point = number_after(message.topic, "gate-");
  const std::string source = "xiaogate/gate-" + std::to_string(point);
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
  if (opened_ >= awaited_) changed_.notify_all();
}

void Devices::acknowledged(const Heard& message) {
  const std::scoped_lock lock(mutex_);
  reported_ = number_after(message.payload, R"("through":)");
  changed_.notify_all();
}

std::size_t Devices::opened() const {
  const std::scoped_lock lock(mutex_);
  return opened_;
}

bool Devices::wait_opened(std::size_t count, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  awaited_ = count;
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
