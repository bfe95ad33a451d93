#include "gateway/gateway.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <poll.h>

#include "gateway/clock.h"
#include "gateway/report.h"
#include "process/logging.h"
#include "site/turn.h"

namespace xiaogate::gateway {
namespace {

using process::log_error;
using process::log_info;
using process::log_warning;

constexpr std::size_t kInputsInTurn = 256;
constexpr int kTurnsInRound = 16;
constexpr Millis kDiskLook{10'000};
constexpr Millis kFarewell{500};
// What made a turn fail, a full disk above all, does not go away at once.
constexpr Millis kPauseAfterFailure{250};

site::Input to_input(host::HostEvent&& event) {
  struct Translate {
    site::Input operator()(host::PluginUp& e) const {
      log_info("plugin up", {{"plugin", e.plugin}, {"held_by", e.held_by}});
      return site::PluginUp{std::move(e.plugin)};
    }
    site::Input operator()(host::PluginDown& e) const {
      log_warning(
          "plugin down",
          {{"plugin", e.plugin}, {"reason", e.reason}, {"restart_in_ms", e.restart_in.count()}});
      return site::PluginDown{std::move(e.plugin), std::move(e.reason)};
    }
    site::Input operator()(host::PluginParked& e) const {
      log_error("plugin parked: it stays down until it is started again or replaced",
                {{"plugin", e.plugin}, {"reason", e.reason}});
      return site::PluginParked{std::move(e.plugin), std::move(e.reason)};
    }
    site::Input operator()(host::PluginUpgraded& e) const {
      log_info("plugin upgraded", {{"plugin", e.plugin}, {"from", e.from}, {"to", e.to}});
      return site::PluginUpgraded{std::move(e.plugin), std::move(e.from), std::move(e.to)};
    }
    site::Input operator()(host::PluginUpgradeFailed& e) const {
      log_error("plugin upgrade failed, the version before goes on",
                {{"plugin", e.plugin}, {"version", e.version}, {"reason", e.reason}});
      return site::PluginUpgradeFailed{std::move(e.plugin), std::move(e.version),
                                       std::move(e.reason)};
    }
    site::Input operator()(host::InputQuarantined& e) const {
      log_warning("input quarantined",
                  {{"plugin", e.plugin}, {"device", e.device}, {"topic", e.name}});
      return site::InputQuarantined{std::move(e.plugin), std::move(e.device), std::move(e.name),
                                    std::move(e.digest), std::move(e.beginning)};
    }
    site::Input operator()(host::CallReturned& e) const {
      return site::CallReturned{std::move(e.plugin), e.call, std::move(e.effects),
                                std::move(e.refused)};
    }
    site::Input operator()(host::CallFailed& e) const {
      return site::CallFailed{std::move(e.plugin), e.call, std::move(e.device),
                              std::string(to_string(e.fault))};
    }
  };
  return std::visit(Translate{}, event);
}

}  // namespace

Result<void> Gateway::make_site(site::Standing standing) {
  const Instant now = read_clock();
  const auto recovered = store_->recover(site::Site::recent_since(config_, now));
  if (!recovered) return std::unexpected(recovered.error());
  site_ = std::make_unique<site::Site>(config_, trust_, *store_, *recovered, now,
                                       std::string(kVersion), std::move(standing));
  // Links and disk are told of when they change; a site made anew within a run is told what is.
  if (device_link_) inbox_->post_always(site::DeviceLinkChanged{device_link_->up()});
  if (hub_link_) inbox_->post_always(site::HubLinkChanged{hub_link_->up()});
  if (disk_full_) inbox_->post_always(site::DiskFull{true});
  return {};
}

Result<void> Gateway::run(int stop_descriptor) {
  log_info("gateway started", {{"gateway", config_.gateway},
                               {"devices", config_.devices.size()},
                               {"access_points", config_.access_points.size()}});
  while (!stopping_) {
    if (auto done = round(); !done) return done;
    if (auto waited = wait(stop_descriptor); !waited) return waited;
  }
  site::PublishToHub farewell{.leaf = "state", .payload = std::string(kOffline), .retain = true};
  perform(farewell);
  if (hub_link_) hub_link_->flush(kFarewell);
  return {};
}

// Turns until nothing waits any more, but not so many that a flood keeps the loop from its
// descriptors.
Result<void> Gateway::round() {
  take_questions();
  std::vector<site::Input> inputs;
  for (int turns = 0; turns < kTurnsInRound; ++turns) {
    turn_time_ = read_clock();
    if (turn_time_.mono < paused_until_) break;
    inputs.clear();
    gather(inputs, turn_time_);
    if (inputs.empty()) break;
    turn(inputs, turn_time_);
    if (site_ == nullptr) {
      if (auto made = make_site(std::exchange(standing_, {})); !made) return made;
    }
  }
  return {};
}

void Gateway::take_questions() {
  struct Answer {
    Gateway& gateway;
    std::uint64_t number;
    MonoTime at;
    std::optional<Result<Json>> operator()(const AskStatus&) const { return gateway.status(); }
    std::optional<Result<Json>> operator()(const AskAlarms&) const {
      return Json{{"alarms", gateway.site_->alarms()}};
    }
    std::optional<Result<Json>> operator()(const AskPlugins&) const {
      return gateway.plugins_json();
    }
    std::optional<Result<Json>> operator()(const StartPlugin& start) const {
      return gateway.start_plugin(start.name);
    }
    std::optional<Result<Json>> operator()(const ReplacePlugin& replace) const {
      auto begun = gateway.replace_plugin(replace.folder, number);
      if (!begun) return std::unexpected(begun.error());
      return std::nullopt;
    }
    std::optional<Result<Json>> operator()(const site::Order& order) const {
      gateway.orders_.push_back({.number = number, .question = order, .at = at});
      return std::nullopt;
    }
  };
  for (const auto& asked : desk_->take()) {
    auto answer = std::visit(Answer{*this, asked.number, asked.at}, asked.question);
    if (answer) desk_->answer(asked.number, std::move(*answer));
  }
}

void Gateway::take_orders(std::vector<site::Input>& inputs, const Instant& now) {
  for (auto& asked : std::exchange(orders_, {})) {
    // Whoever gave it has gone: a gate must not open for nobody.
    if (now.mono - asked.at >= Desk::kPatience) continue;
    auto& order = std::get<site::Order>(asked.question);
    order.number = asked.number;
    inputs.emplace_back(std::move(order));
  }
}

void Gateway::refuse_orders(const std::vector<site::Input>& inputs, const Error& error) {
  for (const auto& input : inputs) {
    const auto* order = std::get_if<site::Order>(&input);
    if (order != nullptr) desk_->answer(order->number, std::unexpected(error));
  }
}

void Gateway::gather(std::vector<site::Input>& inputs, const Instant& now) {
  for (auto& event : host_->service(now)) {
    watch_replacement(event);
    inputs.push_back(to_input(std::move(event)));
  }
  inbox_->drain(inputs, kInputsInTurn);
  take_orders(inputs, now);
  if (const auto due = site_->next_deadline(); due && *due <= now.mono) {
    inputs.emplace_back(site::Tick{});
  }
  watch_disk(inputs, now);
  if (auto fault = store_->take_read_fault()) {
    inputs.emplace_back(site::CacheFault{std::move(fault->text)});
  }
}

void Gateway::turn(const std::vector<site::Input>& inputs, const Instant& now) {
  ++turns_;
  if (const auto done = site::run_turn(*site_, inputs, now, *store_, *this); !done) {
    ++failed_turns_;
    log_error("turn not committed, nothing of it took effect",
              {{"inputs", inputs.size()}, {"reason", done.error().text}});
    refuse_orders(inputs, done.error());
    // Its memory is ahead of the journal.
    standing_ = site_->standing();
    site_.reset();
    paused_until_ = now.mono + kPauseAfterFailure;
  }
}

void Gateway::watch_disk(std::vector<site::Input>& inputs, const Instant& now) {
  if (!disk_full_ && store_->has_reserve()) return;
  if (!disk_full_) {
    disk_full_ = true;
    next_disk_look_ = now.mono + kDiskLook;
    log_error("disk full, writing into the reserve: make room on the data directory's disk");
    inputs.emplace_back(site::DiskFull{true});
  } else if (now.mono >= next_disk_look_) {
    next_disk_look_ = now.mono + kDiskLook;
    if (store_->restore_reserve() && store_->has_reserve()) {
      disk_full_ = false;
      inputs.emplace_back(site::DiskFull{false});
    }
  }
}

int Gateway::timeout(const Instant& now) const {
  if (now.mono < paused_until_) return static_cast<int>((paused_until_ - now.mono).count());
  std::optional<MonoTime> due = site_->next_deadline();
  if (const auto other = host_->next_deadline(); other && (!due || *other < *due)) due = other;
  if (disk_full_ && (!due || next_disk_look_ < *due)) due = next_disk_look_;
  if (!due) return -1;
  return static_cast<int>(std::clamp<std::int64_t>((*due - now.mono).count(), 0, 60'000));
}

Result<void> Gateway::wait(int stop_descriptor) {
  const Instant now = read_clock();
  const bool paused = now.mono < paused_until_;  // what asks for a turn is not even looked at
  std::array<pollfd, 4> waited{
      {{.fd = stop_descriptor, .events = POLLIN, .revents = 0},
       {.fd = paused ? -1 : inbox_->descriptor(), .events = POLLIN, .revents = 0},
       {.fd = paused ? -1 : host_->descriptor(), .events = POLLIN, .revents = 0},
       {.fd = desk_->descriptor(), .events = POLLIN, .revents = 0}}};
  if (poll(waited.data(), waited.size(), timeout(now)) < 0 && errno != EINTR) {
    return failure("gateway.system", "poll: " + std::generic_category().message(errno));
  }
  stopping_ = (waited[0].revents & POLLIN) != 0;
  return {};
}

void Gateway::perform(const site::AnswerOrder& answer) {
  if (answer.record) {
    desk_->answer(answer.number, Json{{"record", *answer.record}});
  } else {
    desk_->answer(answer.number, std::unexpected(answer.record.error()));
  }
}

void Gateway::act(site::Action action) {
  std::visit([this](auto& what) { perform(what); }, action);
}

void Gateway::perform(site::CallPlugin& call) {
  Instant now = turn_time_;
  now.mono = read_mono();  // the commit took its time
  host_->call(std::move(call.call), call.expires, now);
}

void Gateway::perform(site::PublishToDevice& publish) {
  if (publish.expires < read_mono()) return;
  const auto sent = device_link_->publish(std::move(publish.topic), std::move(publish.payload),
                                          static_cast<int>(publish.qos), false);
  // An opening that does not leave is told by gate_silent.
  if (!sent) ++unpublished_;
}

void Gateway::perform(site::PublishToHub& publish) {
  if (!hub_link_) return;
  const auto sent =
      hub_link_->publish(hub_topic(publish.leaf), std::move(publish.payload), 1, publish.retain);
  if (!sent) ++unpublished_;
}

void Gateway::perform(const site::SendReport& report) {
  const auto records = store_->records(report.first, report.last - report.first + 1);
  if (!records) {
    log_error("journal unreadable", {{"reason", records.error().text}});
    return;
  }
  if (records->empty()) return;
  site::PublishToHub publish{.leaf = "report", .payload = report_text(*records), .retain = false};
  perform(publish);
}

Json Gateway::status() const {
  Json status = site_->status(read_clock().wall);
  status["turns"] = turns_;
  status["failed_turns"] = failed_turns_;
  status["inputs_lost"] = inbox_->lost();
  status["unpublished"] = unpublished_;
  status["disk_full"] = disk_full_;
  return status;
}

}  // namespace xiaogate::gateway
