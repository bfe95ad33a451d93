#include "tests/simulation/world.h"

#include <utility>

#include "host/manifest.h"
#include "tests/simulation/keys.h"

namespace xiaogate::simulation {
namespace {

constexpr WallTime kMidday{std::chrono::sys_days(std::chrono::year(2026) / 6 / 1) +
                           std::chrono::hours(4)};
constexpr Millis kChaos{400'000};
constexpr Millis kHealing{150'000};

constexpr std::string_view kSite = R"({
  "gateway": "gw-00000000000000aa",
  "region": "hangzhou",
  "device_broker": "mqtt://127.0.0.1:1883",
  "hub_broker": "mqtt://127.0.0.1:1884",
  "devices": [
    {"id": "gate-1", "plugin": "shelly", "options": {"prefix": "shelly-1", "input": 0, "exit_input": 1}},
    {"id": "gate-2", "plugin": "shelly", "options": {"prefix": "shelly-2"}},
    {"id": "panel", "plugin": "native_input"},
    {"id": "sensor", "plugin": "chirpstack_parking",
     "options": {"application": "app", "dev_eui": "0101010101010101", "codec": "tps110"}},
    {"id": "reader-1", "plugin": "reader", "options": {"protocol": "generic", "topic": "readers/1"}},
    {"id": "reader-2", "plugin": "reader", "options": {"protocol": "generic", "topic": "readers/2"}}
  ],
  "access_points": [
    {"id": "north", "reader": "reader-1", "gate": "gate-1"},
    {"id": "south", "reader": "reader-2", "gate": "gate-2", "fail": "safe",
     "fail_grace_s": 5}
  ],
  "areas": [
    {"id": "yard", "access_points": ["north", "south"], "fire_inputs": ["panel"]},
    {"id": "back", "access_points": ["south"]}
  ],
  "bays": [{"id": "bay", "sensor": "sensor", "area": "back", "heartbeat_s": 20}]
})";

site::SiteConfig load_site(const gateway::InstalledPlugins& plugins) {
  auto config = site::parse_site_config(kSite, "simulation", plugins, {});
  if (!config) throw std::runtime_error(config.error().text);
  return *config;
}

}  // namespace

World::World(std::uint64_t seed, const gateway::InstalledPlugins& plugins,
             std::function<void(const std::string&)> trace)
    : random_(seed),
      plugins_(plugins),
      trace_(std::move(trace)),
      config_(load_site(plugins)),
      hub_("hangzhou", key_number(1)),
      issuer_(key_number(2)) {
  const KeyId issuer_kid = *KeyId::from_text("155e000000000001");
  trust_.issuers.emplace(issuer_kid, issuer_.public_key());
  trust_.feed = hub_.feed_key();
  for (std::uint64_t i = 0; i < 6; ++i) {
    auto key = key_number(100 + i);
    Credential credential{.id = *CredentialId::from_text("c00000000000000" + std::to_string(i)),
                          .subject = "r-" + std::to_string(i),
                          .key = key.public_key(),
                          .not_before = kMidday - std::chrono::hours(1),
                          .expires = kMidday + std::chrono::hours(48),
                          .scope = "rider.gate"};
    auto issued = access::issue_credential(issuer_, issuer_kid, credential);
    riders_.push_back({std::move(key), credential, std::move(*issued)});
  }
}

void World::trace(const std::string& line) const {
  if (trace_) trace_(std::to_string(mono_.time_since_epoch().count()) + " ms  " + line);
}

void World::broken(const std::string& invariant) {
  trace("BROKEN: " + invariant);
  if (!broken_) broken_ = invariant;
}

WallTime World::true_time() const {
  return kMidday + (mono_ - MonoTime(Millis(1'000'000)));
}

Instant World::now() const {
  return {.wall = true_time() + clock_error_, .mono = mono_, .quality = clock_};
}

void World::at(Millis delay, std::function<void()> what) {
  agenda_.emplace(mono_ + delay, std::move(what));
}

void World::run_until(MonoTime end) {
  while (!broken_ && !agenda_.empty() && agenda_.begin()->first <= end) {
    auto next = agenda_.extract(agenda_.begin());
    mono_ = next.key();
    next.mapped()();
  }
  mono_ = end;
}

Result<Summary> World::run() {
  boot();
  for (std::size_t i = 0; i < 3; ++i) hub_changes_something();
  at(random_.between(500, 5'000), [this] { rider_scans(); });
  at(random_.between(500, 5'000), [this] { network_changes(); });
  start_premises();
  at(random_.between(20'000, 60'000), [this] { clock_changes(); });
  run_until(mono_ + kChaos);
  trace("the quiet time begins");
  chaos_ = false;
  quiet_premises();
  if (!hub_reachable_) network_changes();
  clock_changes();
  if (!site_) boot();
  run_until(mono_ + kHealing);
  if (!broken_) check_end();
  summary_.records = ledger_.journal().size();
  if (broken_) return failure("simulation.broken", *broken_);
  return summary_;
}

void World::boot() {
  ++life_;
  trace("gateway boots");
  const auto recovered = ledger_.recover(site::Site::recent_since(config_, now()));
  site_ = std::make_unique<site::Site>(config_, trust_, ledger_, *recovered, now(), "simulation");
  note_restart();
  orders_.clear();
  running_.clear();
  started_until_.clear();
  returned_until_.clear();
  parked_ = false;
  for (const auto& name : gateway::plugins_used(config_)) restart_plugin(name);
  post(site::DeviceLinkChanged{true});
  if (hub_reachable_) post(site::HubLinkChanged{true});
}

void World::note_restart() {
  constexpr Millis kLookBack{60'000};  // doors and openings of this period matter still
  if (mono_ - clock_changed_ < kLookBack) unsure_until_ = mono_ + kLookBack;
}

void World::crash(bool power_cut) {
  ++(power_cut ? summary_.power_cuts : summary_.crashes);
  trace(power_cut ? "power cut" : "gateway crashes");
  site_.reset();
  inbox_.clear();
  turn_planned_ = false;
  tick_planned_.reset();
  ++life_;
  ledger_.rollback();
  if (power_cut) ledger_.power_cut(random_.below(6));
  read_journal_again();
  at(random_.between(50, 3'000), [this] {
    if (!site_) boot();
  });
}

void World::post(site::Input input) {
  if (!site_) return;
  inbox_.push_back(std::move(input));
  if (turn_planned_) return;
  turn_planned_ = true;
  at(random_.between(0, 3), [this, life = life_] {
    if (life == life_) turn();
  });
}

void World::turn() {
  turn_planned_ = false;
  ++summary_.turns;
  std::vector<site::Input> inputs;
  inputs.swap(inbox_);
  if (chaos_ && random_.percent(1)) ledger_.fail_next_commit();
  if (chaos_ && random_.below(400) == 0) return crash(random_.percent(50));
  revoked_before_turn_.clear();
  for (const auto& [id, row] : ledger_.content().cache) {
    if (row.status != CredentialStatus::active) revoked_before_turn_.insert(id);
  }
  const std::size_t records_before = ledger_.journal().size();
  Collected outbox;
  if (const auto done = site::run_turn(*site_, inputs, now(), ledger_, outbox); !done) {
    if (done.error().code != "store.full") return broken(done.error().text);
    ++summary_.failed_commits;
    trace("commit failed, the site is made anew");
    if (ledger_.journal().size() != records_before) broken("a failed turn left records behind");
    check_failed_turn(outbox.actions);
    orders_.clear();  // the gateway refuses them
    const auto standing = site_->standing();
    const auto recovered = ledger_.recover(site::Site::recent_since(config_, now()));
    site_ = std::make_unique<site::Site>(config_, trust_, ledger_, *recovered, now(), "simulation",
                                         standing);
    note_restart();
    let_out(std::move(outbox.actions));
    if (!site_) return;
    // As the gateway does: links report their state only when it changes, so the new site is told.
    post(site::DeviceLinkChanged{true});
    if (hub_reachable_) post(site::HubLinkChanged{true});
    return;
  }
  check_turn(inputs, records_before, outbox.actions);
  let_out(std::move(outbox.actions));
  if (site_) tick_later();
}

// A crash may come between any two actions.
void World::let_out(std::vector<site::Action> actions) {
  const bool dies = chaos_ && !actions.empty() && random_.below(200) == 0;
  const std::size_t most = dies ? random_.below(actions.size()) : actions.size();
  for (std::size_t i = 0; i < most; ++i) {
    std::visit([this](const auto& action) { perform(action); }, actions[i]);
  }
  if (dies) crash(random_.percent(50));
}

void World::tick_later() {
  const auto due = site_->next_deadline();
  if (!due || (tick_planned_ && *tick_planned_ <= *due && *tick_planned_ > mono_)) return;
  tick_planned_ = due;
  at(std::max(Millis(0), *due - mono_), [this, life = life_] {
    if (life != life_) return;
    tick_planned_.reset();
    post(site::Tick{});
  });
}

}  // namespace xiaogate::simulation
