#include "site/site.h"

#include <algorithm>
#include <utility>

namespace xiaogate::site {
namespace {

// A code stays usable until it is stale, and may be ahead of our clock by as much; by the widest
// window, which a clock that is found unset later brings. A clock that was never set may also be
// ahead of what the journal has.
Millis memory_of_codes(const SiteConfig& config, ClockQuality clock) {
  if (clock == ClockQuality::unset) return std::chrono::hours(3);
  return 2 * std::max(config.policy.freshness, access::kWidestFreshness) + Millis(1000);
}

// Everything that an alarm may be about.
std::set<std::string> subjects(const SiteConfig& config) {
  std::set<std::string> subjects;
  for (const auto& [id, device] : config.devices) subjects.insert({id, device.plugin});
  for (const auto& point : config.access_points) subjects.insert(point.rules.id);
  for (const auto& area : config.areas) subjects.insert(area.id);
  for (const auto& bay : config.bays) subjects.insert(bay.id);
  subjects.insert(std::string(Areas::kSite));
  return subjects;
}

}  // namespace

Site::Site(SiteConfig config, TrustList trust, access::CredentialSource& credentials,
           const Recovered& recovered, const Instant& now, std::string version, Standing standing)
    : config_(std::move(config)),
      trust_(std::move(trust)),
      credentials_(credentials),
      version_(std::move(version)),
      routes_(config_.devices),
      journal_(recovered.head_seq, recovered.head_hash,
               recovered.head_seq == 0 ? now.wall : recovered.head_time),
      reporter_(recovered.acknowledged),
      feed_(config_.region, trust_.feed, recovered.feed),
      calls_(now.mono, standing.calls),
      plugin_states_(recovered.plugin_state),
      alarms_(recovered.state, subjects(config_)),
      gates_(config_, recovered, now),
      cabinets_(config_, calls_, journal_, recovered, now),
      areas_(config_, recovered.state, standing.alarm_inputs),
      lock_open_(config_, recovered.state, standing.told_open),
      fail_safe_(config_),
      bays_(config_, recovered.state, now),
      head_count_(config_, recovered.state),
      standing_(std::move(standing)) {
  for (const auto& point : config_.access_points) point_of_reader_[point.reader] = &point;
  restore_used_codes(recovered.recent);
}

WallTime Site::recent_since(const SiteConfig& config, const Instant& now) {
  return now.wall - std::max(memory_of_codes(config, now.quality), GateWatch::memory(config));
}

void Site::restore_used_codes(const std::vector<Record>& recent) {
  for (const auto& record : recent) {
    if (record.kind != "access_granted") continue;
    const auto body = parse_json(record.body);
    if (!body) continue;
    const auto octets = from_hex(body->value("code", ""));
    access::CodeKey key{};
    if (!octets || octets->size() != key.size()) continue;
    std::ranges::copy(*octets, key.begin());
    const WallTime issued{std::chrono::seconds(body->value("iat", std::int64_t{0}))};
    used_.remember(key, {.access_point = body->value("access_point", ""), .at = record.time},
                   access::remember_until(issued, config_.policy));
  }
}

Effects Site::handle(const Input& input, const Instant& now) {
  Effects out;
  if (settled_) calls_.committed();
  settled_ = false;
  if (boot_ == 0) start(out, now);
  check_clock(out, now);
  std::visit([&](const auto& what) { on(what, out, now); }, input);
  head_count_.follow(out);
  return out;
}

Effects Site::settle(Durability durability, const Instant& now) {
  Effects out;
  settled_ = true;
  out.durability = journal_.settle(durability, now.mono);
  reporter_.send(out, journal_.stable_head(), now.mono);
  return out;
}

void Site::start(Effects& out, const Instant& now) {
  boot_ = journal_.append(out, now, Durability::stable, "gateway_started",
                          {{"version", version_}, {"clock", to_string(now.quality)}});
  // Fires above all: before anything that may fail or take time.
  hold_gates(out, now);
  areas_.record_fires(out, journal_, alarms_, now);
  const Standing before = std::exchange(standing_, {});
  for (const auto& [device, active] : before.alarm_inputs) areas_.input(out, device, active);
  for (const auto& [gate, open] : before.doors) {
    gates_.event(out, journal_, alarms_, now, gate, "door", {{"open", open}});
  }
  for (const auto& [plugin, state] : before.plugins) {
    plugin_state_[plugin] = state;
    fail_safe_.plugin(out, journal_, alarms_, now, plugin, state);
  }
  for (const auto& [device, online] : before.online) {
    online_[device] = online;
    fail_safe_.device(out, journal_, alarms_, now, device, online);
  }
  hold_gates(out, now);
}

// Wall time behind the newest record by more than the tolerance: somebody must know. The alarm's
// own record carries the earlier time, so it is raised once for each step back.
void Site::check_clock(Effects& out, const Instant& now) {
  if (now.wall + kClockTolerance >= journal_.time()) return;
  const auto by = std::chrono::duration_cast<std::chrono::seconds>(journal_.time() - now.wall);
  journal_.append(out, now, Durability::stable, "clock_went_back", {{"seconds", by.count()}});
}

void Site::reject(Effects& out, const Instant& now, const std::string& kind,
                  const std::string& source, const std::string& reason, std::string_view detail) {
  rejections_.reject(out, journal_, now, kind, source, reason, detail);
}

void Site::on(const DeviceMessage& message, Effects& out, const Instant& now) {
  const auto devices = routes_.devices_for(message.topic);
  if (devices.empty()) {
    reject(out, now, "message_rejected", "device_link", "no_device_for_topic", message.topic);
  }
  for (const Device* device : devices) {
    PluginInput input{.kind = PluginInputKind::message,
                      .device = device->id,
                      .name = message.topic,
                      .data = message.payload};
    // It may be a fire: to ask what it means is not for a commit to hold back.
    if (device->is("alarm_input")) {
      calls_.call_for_safety(out, *device, std::move(input));
    } else {
      calls_.call(out, *device, std::move(input));
    }
  }
}

void Site::on(const DeviceLinkChanged& change, Effects& out, const Instant& now) {
  if (device_link_up_ == change.up) return;
  device_link_up_ = change.up;
  journal_.append(out, now, Durability::ordered, change.up ? "device_link_up" : "device_link_down",
                  Json::object());
  if (!change.up) return;
  for (const auto& point : config_.access_points) lock_open_.renew(out, calls_, now, point.gate);
}

void Site::on(const HubLinkChanged& change, Effects& out, const Instant& now) {
  if (hub_link_up_ == change.up) return;
  hub_link_up_ = change.up;
  journal_.append(out, now, Durability::ordered, change.up ? "hub_link_up" : "hub_link_down",
                  Json::object());
  reporter_.link_changed(change.up);
  feed_.link_changed(out, change.up, now.mono);
  if (change.up) publish_state(out, now);
}

void Site::publish_state(Effects& out, const Instant& now) {
  out.actions.emplace_back(PublishToHub{.leaf = "state",
                                        .payload = canonical({{"online", true},
                                                              {"boot", boot_},
                                                              {"config_generation", 0},
                                                              {"version", version_},
                                                              {"clock", to_string(now.quality)},
                                                              {"feed_seq", feed_.position().seq},
                                                              {"journal_seq", journal_.head()}}),
                                        .retain = true});
}

void Site::on(const HubMessage& message, Effects& out, const Instant& now) {
  Result<void> accepted;
  if (message.leaf == "ack") {
    const auto json = parse_json(message.payload);
    const bool shape = json && json->is_object() && json->contains("through") &&
                       (*json)["through"].is_number_unsigned();
    if (!shape) {
      accepted = failure("ack.malformed", "must be {\"through\": <sequence number>}");
    } else if (!reporter_.acknowledge(out, (*json)["through"].get<std::uint64_t>(),
                                      journal_.stable_head(), now.mono)) {
      accepted = failure("ack.beyond_journal", "acknowledges records that were never made");
    }
  } else if (message.leaf == "feed" || message.leaf == "feed/page") {
    const FeedPosition before = feed_.position();
    accepted = message.leaf == "feed" ? feed_.batch(out, message.payload, now.mono)
                                      : feed_.page(out, message.payload, now.mono);
    if (feed_.position() != before) publish_state(out, now);
  } else {
    accepted = failure("hub.unknown_topic", message.leaf);
  }
  if (!accepted) {
    reject(out, now, "hub_message_rejected", "hub", std::string(accepted.error().code),
           accepted.error().text);
  }
}

void Site::on(const MessageDropped& dropped, Effects& out, const Instant& now) {
  const auto detail = std::to_string(dropped.size) + " bytes on " + dropped.topic;
  if (dropped.from_hub) return reject(out, now, "hub_message_rejected", "hub", "too_large", detail);
  const auto devices = routes_.devices_for(dropped.topic);
  reject(out, now, "message_rejected", devices.empty() ? "device_link" : devices.front()->id,
         "too_large", detail);
}

void Site::on(const CacheFault& fault, Effects& out, const Instant& now) {
  reject(out, now, "cache_unreadable", "store", "read_failed", fault.reason);
}

void Site::on(const DiskFull& disk, Effects& out, const Instant& now) {
  journal_.append(out, now, Durability::stable, disk.full ? "disk_full" : "disk_recovered",
                  Json::object());
}

void Site::on(const Tick&, Effects& out, const Instant& now) {
  run_timers(out, now);
  openings_.tick(out, journal_, now);
  lock_open_.tick(out, journal_, alarms_, calls_, now);
  fail_safe_.tick(out, journal_, alarms_, now);
  bays_.tick(out, journal_, alarms_, now);
  hold_gates(out, now);
  gates_.tick(out, journal_, alarms_, now);
  cabinets_.tick(out, now);
  used_.expire(now.wall);
  rejections_.flush(out, journal_, now);
  feed_.tick(out, now.mono);
}

void Site::run_timers(Effects& out, const Instant& now) {
  for (const auto& [device, name] : timers_.take_due(now.mono)) {
    calls_.call(out, config_.devices.at(device),
                {.kind = PluginInputKind::timer, .device = device, .name = name, .data = {}});
  }
}

Standing Site::standing() const {
  if (boot_ == 0) return standing_;
  return {.online = online_,
          .plugins = plugin_state_,
          .alarm_inputs = areas_.inputs(),
          .calls = calls_.standing(),
          .doors = gates_.doors(),
          .told_open = lock_open_.told_open()};
}

std::optional<MonoTime> Site::next_deadline() const {
  std::optional<MonoTime> next = rejections_.next_deadline();
  const auto sooner = [&](std::optional<MonoTime> other) {
    if (other && (!next || *other < *next)) next = other;
  };
  sooner(journal_.next_deadline());
  sooner(reporter_.next_deadline());
  sooner(feed_.next_deadline());
  sooner(timers_.next());
  sooner(openings_.next_deadline());
  sooner(gates_.next_deadline());
  sooner(cabinets_.next_deadline());
  sooner(lock_open_.next_deadline());
  sooner(fail_safe_.next_deadline());
  sooner(bays_.next_deadline());
  return next;
}

}  // namespace xiaogate::site
