// Everything around the gateway: riders, devices, networks and the hub.

#include <algorithm>
#include <string>
#include <utility>

#include "access/rider_code.h"
#include "cose/digest.h"
#include "tests/simulation/world.h"

namespace xiaogate::simulation {
namespace {

// Within what the gateway looks back after a restart under such a clock.
constexpr Millis kFarOff{2 * 3'600'000};

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

// --- riders --------------------------------------------------------------------------------------

void World::rider_scans() {
  if (!chaos_) return;
  ++summary_.scans;
  const std::size_t gate = random_.below(2);
  Rider& rider = riders_[random_.below(riders_.size())];
  const std::uint64_t what = random_.below(100);
  if (what < 60 || shown_.empty()) {
    scan(gate, make_code(rider));
  } else if (what < 75) {
    scan(random_.below(2), shown_.back());  // the same code again, here or at the other gate
  } else if (what < 85) {
    scan(gate, shown_[random_.below(shown_.size())]);
  } else if (what < 95) {
    std::string damaged = shown_.back();
    damaged[4 + random_.below(damaged.size() - 4)] = 'A';
    scan(gate, damaged);
  } else {
    std::string noise(random_.below(300), '\0');
    for (char& c : noise) c = static_cast<char>(random_.below(256));
    scan(gate, noise);
  }
  at(random_.between(200, 9'000), [this] { rider_scans(); });
}

// Mostly fresh and genuine; sometimes old, ahead of time, self-contained or another rider's
// forgery.
std::string World::make_code(Rider& rider) {
  WallTime when = true_time();
  if (random_.percent(10))
    when += std::chrono::seconds(random_.below(200)) - std::chrono::seconds(100);
  const bool forged = random_.percent(8);
  const Rider& signer = forged ? riders_[random_.below(riders_.size())] : rider;
  std::optional<ByteView> issued;
  if (random_.percent(25)) issued = rider.issued;
  auto text = access::make_rider_code(signer.key, rider.credential.id, when, issued);
  if (!text) {
    broken(text.error().text);
    return {};
  }
  truths_[*text] = {.credential = rider.credential.id,
                    .iat = seconds_of(when),
                    .genuine = signer.credential.id == rider.credential.id};
  if (const auto code = access::parse_rider_code(*text)) {
    const Digest digest = cose::sha256({code->signed_octets});
    known_[to_hex(ByteView(digest).first(sizeof(access::CodeKey)))] = truths_[*text];
  }
  shown_.push_back(*text);
  return *text;
}

void World::scan(std::size_t gate, std::string text) {
  trace("a rider shows a code at gate " + std::to_string(gate + 1));
  const std::size_t times = copies();
  for (std::size_t i = 0; i < times; ++i) {
    if (lost()) continue;
    at(delay(), [this, gate, text] {
      post(site::DeviceMessage{"readers/" + std::to_string(gate + 1), text});
    });
  }
}

// --- the hub -------------------------------------------------------------------------------------

void World::hub_changes_something() {
  const Rider& rider = riders_[random_.below(riders_.size())];
  FeedChange change{.id = rider.credential.id, .credential = {}, .status = {}};
  std::string op = "put";
  const std::uint64_t what = random_.below(100);
  if (what < 60) {
    change.credential = rider.credential;
  } else if (what < 75) {
    op = "suspend";
    change.status = CredentialStatus::suspended;
  } else if (what < 95) {
    op = "restore";
    change.status = CredentialStatus::active;
  } else {
    op = "revoke";
    change.status = CredentialStatus::revoked;
  }
  trace("hub: " + op + " " + change.id.text());
  from_hub("feed", hub_.change(change, op));
}

void World::network_changes() {
  const bool reachable = chaos_ ? random_.percent(70) : true;
  if (reachable != hub_reachable_) {
    hub_reachable_ = reachable;
    trace(reachable ? "hub link comes up" : "hub link goes down");
    post(site::HubLinkChanged{reachable});
  }
  if (!chaos_) return;
  if (random_.percent(50)) hub_changes_something();
  at(random_.between(1'000, 20'000), [this] { network_changes(); });
}

// A clock that no time source holds drifts a little, or was never set and is anywhere; the next
// time a source sets it right. The wrong clock is never called synchronised.
void World::clock_changes() {
  const bool was_right = clock_ == ClockQuality::synchronised;
  clock_changed_ = mono_;
  clock_error_ = Millis(0);
  clock_ = ClockQuality::synchronised;
  if (chaos_ && was_right) {
    ++summary_.clock_jumps;
    const bool drifts = random_.percent(20);
    const Millis most = drifts ? Millis(20'000) : random_.percent(50) ? Millis(250'000) : kFarOff;
    clock_error_ = random_.between(0, most.count()) * (random_.percent(50) ? 1 : -1);
    clock_ = drifts ? ClockQuality::holdover : ClockQuality::unset;
  }
  trace("clock: " + std::string(to_string(clock_)) + ", off by " +
        std::to_string(clock_error_.count()) + " ms");
  if (chaos_) at(random_.between(10'000, 60'000), [this] { clock_changes(); });
}

void World::to_hub(std::function<void()> arrive) {
  const std::size_t times = copies();
  for (std::size_t i = 0; i < times; ++i) {
    if (!hub_reachable_ || lost()) continue;
    at(delay(), arrive);
  }
}

void World::from_hub(const std::string& leaf, const std::string& payload) {
  const std::size_t times = copies();
  for (std::size_t i = 0; i < times; ++i) {
    if (!hub_reachable_ || lost()) continue;
    // A connection loses and doubles, but keeps the order.
    from_hub_until_ = std::max(from_hub_until_, mono_ + delay());
    at(from_hub_until_ - mono_, [this, leaf, payload] {
      if (hub_reachable_) post(site::HubMessage{leaf, payload});
    });
  }
}

void World::perform(const site::PublishToHub& publish) {
  trace("gateway to hub: " + publish.leaf + " " + publish.payload);
  if (publish.leaf != "feed/pull") return;
  to_hub([this, payload = publish.payload] {
    for (const auto& page : hub_.pages(payload)) from_hub("feed/page", page);
  });
}

void World::perform(const site::SendReport& report) {
  if (report.last > ledger_.stable_head()) broken("a record was reported before it was stable");
  const auto& journal = ledger_.journal();
  std::vector<Record> records;
  for (const auto& record : journal) {
    if (record.seq >= report.first && record.seq <= report.last) records.push_back(record);
  }
  to_hub([this, records] {
    const auto ack = hub_.report(records);
    if (!ack) return broken(ack.error().text);
    from_hub("ack", *ack);
  });
}

// --- plugin processes ----------------------------------------------------------------------------

void World::restart_plugin(const std::string& name) {
  const auto& manifest = *plugins_.manifest(name);
  const auto library = host::PluginLibrary::open(manifest);
  if (!library) return broken(library.error().text);
  const auto stored = ledger_.content().plugins.find(name);
  auto instance =
      library->create(gateway::plugin_config(config_, name),
                      stored == ledger_.content().plugins.end() ? PluginState{} : stored->second);
  if (!instance) return broken(instance.error().text);
  running_.insert_or_assign(
      name,
      Plugin{std::move(*instance), host::Interfaces::load().value().bind(manifest.interfaces)});
  post(site::PluginUp{name});
}

void World::perform(const site::CallPlugin& call) {
  const bool slow = chaos_ && random_.percent(4);
  MonoTime& until = started_until_[call.call.plugin];
  until = std::max(until, mono_ + (slow ? random_.between(500, 6'000) : random_.between(0, 20)));
  at(until - mono_, [this, call, life = life_] {
    if (life == life_) run_call(call);
  });
}

void World::run_call(const site::CallPlugin& what) {
  const PluginCall& call = what.call;
  const auto fail = [&](const std::string& reason) {
    post(site::CallFailed{call.plugin, call.id, call.input.device, reason});
  };
  if (what.expires < mono_) return fail("expired");
  if (parked_ && call.plugin == "reader") return fail("parked");
  if (chaos_ && random_.below(150) == 0) {
    trace("plugin " + call.plugin + " crashes");
    fail("crashed");
    post(site::PluginDown{call.plugin, "simulated"});
    return restart_plugin(call.plugin);
  }
  auto& plugin = running_.at(call.plugin);
  if (const auto fits = host::check_input(call.input, plugin.interfaces); !fits) {
    broken("the site commanded what " + call.plugin + " does not offer: " + fits.error().text);
    return fail("no_such_action");
  }
  auto effects = plugin.instance.handle(call.input, call.id, now().wall);
  if (!effects) return fail("not_understood");
  auto refused = host::take_refused(*effects, plugin.interfaces);
  const bool slow = chaos_ && random_.percent(3);
  MonoTime& until = returned_until_[call.plugin];
  until = std::max(until, mono_ + (slow ? random_.between(500, 6'000) : random_.between(0, 5)));
  at(until - mono_, [this, life = life_,
                     returned = site::CallReturned{call.plugin, call.id, std::move(*effects),
                                                   std::move(refused)}] {
    if (life == life_) post(returned);
  });
}

// --- the device link
// ---------------------------------------------------------------------------------------

void World::perform(const site::PublishToDevice& publish) {
  if (publish.expires < mono_) broken("a message was let out after it had expired");
  check_opening(publish);
  if (lost()) return;
  // A broker keeps the order of a topic.
  MonoTime& until = to_device_until_[publish.topic];
  until = std::max(until, mono_ + delay());
  at(until - mono_, [this, publish] { gate_hears(publish.topic, publish.payload); });
}

}  // namespace xiaogate::simulation
