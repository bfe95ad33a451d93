// A site, its riders, devices, networks, disk and hub in one process under one seed.
//
// The site, the access rules, the COSE code and the plugins are the real ones. Simulated are the
// clock, the disk (MemoryLedger), both networks (loss, doubles, delay, order), the gates, the hub,
// the plugin processes (latency, crashes) and the power switch.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/gateway.h"
#include "gateway/installed_plugins.h"
#include "host/interfaces.h"
#include "host/plugin_library.h"
#include "site/site.h"
#include "site/turn.h"
#include "tests/simulation/memory_ledger.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sim_hub.h"

namespace xiaogate::simulation {

// What happened in a run, so that a run in which nothing happens is noticed.
struct Summary {
  std::uint64_t turns = 0;
  std::uint64_t scans = 0;
  std::uint64_t granted = 0;
  std::uint64_t denied = 0;
  std::uint64_t openings = 0;  // pulses of a gate
  std::uint64_t expired = 0;
  std::uint64_t crashes = 0;
  std::uint64_t power_cuts = 0;
  std::uint64_t failed_commits = 0;
  std::uint64_t records = 0;
  std::uint64_t fires = 0;
  std::uint64_t orders = 0;
  std::uint64_t alarms = 0;
  std::uint64_t clock_jumps = 0;
  std::uint64_t granted_unset = 0;  // under a clock that was never set
};

class World {
 public:
  // `trace` gets a line for everything that happens; may be empty.
  World(std::uint64_t seed, const gateway::InstalledPlugins& plugins,
        std::function<void(const std::string&)> trace);

  // Minutes of chaos, then a quiet time in which everything must come right. The error names
  // the invariant that broke.
  Result<Summary> run();

 private:
  struct Rider {
    cose::PrivateKey key;
    Credential credential;
    Bytes issued;
  };
  // What is true of a code text, whatever the gateway may think of it.
  struct Truth {
    CredentialId credential;
    std::int64_t iat = 0;
    bool genuine = false;
  };
  // A Shelly relay with a gate behind it.
  struct Gate {
    bool locked_open = false;
    MonoTime forgot_at{};  // when it was last switched on
  };
  // What the journal says of a gate's door and of what may open it.
  struct DoorOnRecord {
    std::optional<bool> open;
    MonoTime changed{};
    MonoTime allowed_until{};
    bool held = false;
    bool forcible = false;  // has just opened, and nothing allowed it
    bool forced = false;    // the alarms that stand
    bool too_long = false;
  };
  struct Collected final : site::Outbox {
    std::vector<site::Action> actions;
    void act(site::Action action) override { actions.push_back(std::move(action)); }
  };

  // world.cpp: time and the gateway's life.
  Instant now() const;         // by the gateway's clocks
  WallTime true_time() const;  // by everybody else's
  void at(Millis delay, std::function<void()> what);
  void run_until(MonoTime end);
  void boot();
  void note_restart();
  void crash(bool power_cut);
  void post(site::Input input);
  void turn();
  void tick_later();
  void let_out(std::vector<site::Action> actions);
  void trace(const std::string& line) const;
  void broken(const std::string& invariant);

  // world_outside.cpp: riders, devices, networks, hub.
  void rider_scans();
  std::string make_code(Rider& rider);
  void scan(std::size_t gate, std::string text);
  void hub_changes_something();
  void network_changes();
  void clock_changes();
  bool lost() { return chaos_ && random_.percent(5); }
  std::size_t copies() { return chaos_ && random_.percent(5) ? 2 : 1; }
  Millis delay() { return chaos_ ? random_.between(1, 400) : random_.between(1, 10); }
  void to_hub(std::function<void()> arrive);
  void from_hub(const std::string& leaf, const std::string& payload);
  void perform(const site::CallPlugin& call);
  void perform(const site::PublishToDevice& publish);
  void perform(const site::PublishToHub& publish);
  void perform(const site::SendReport& report);
  void run_call(const site::CallPlugin& call);
  void restart_plugin(const std::string& name);
  void perform(const site::AnswerOrder& answer);

  // world_premises.cpp: gates and their doors, the fire panel, persons who give orders.
  void start_premises();
  void quiet_premises();
  void gate_hears(const std::string& topic, const std::string& payload);
  void answer_rpc(const std::string& prefix, const Json& request);
  void door_moves();
  void door(bool open);
  void door_tells();
  void panel_changes();
  void panel_speaks();
  void panel_tells();
  void gate_reboots();
  void person_orders();
  void readers_are_parked();
  void bay_changes();
  void sensor_tells();

  // invariants.cpp, safety_invariants.cpp
  void check_turn(const std::vector<site::Input>& inputs, std::size_t records_before,
                  const std::vector<site::Action>& actions);
  void check_grant(const Record& record);
  void check_denial(const Record& record);
  void check_opening(const site::PublishToDevice& publish);
  void check_failed_turn(const std::vector<site::Action>& actions);
  void check_holding(const site::PublishToDevice& publish, bool open);
  bool is_locked_down(const std::string& access_point) const;
  void check_safety_record(const Record& record);
  void note_safety_record(const Record& record, const Json& body);
  static void note_door(MonoTime when, DoorOnRecord& door, bool open);
  void check_doors();
  void check_bay();
  void read_journal_again();
  void check_fire();
  void check_premises_end();
  void check_end();

  Random random_;
  const gateway::InstalledPlugins& plugins_;
  std::function<void(const std::string&)> trace_;
  site::SiteConfig config_;
  site::TrustList trust_;
  SimHub hub_;
  MemoryLedger ledger_;
  std::vector<Rider> riders_;
  cose::PrivateKey issuer_;

  MonoTime mono_{Millis(1'000'000)};
  Millis clock_error_{0};  // by how much the gateway's wall clock is ahead of the phones'
  ClockQuality clock_ = ClockQuality::synchronised;
  MonoTime clock_changed_{};
  // A site that is made anew knows only by the wall clock how long a door may open, a door is open
  // and a sensor silent: until then it may be mistaken, because the clock was set.
  MonoTime unsure_until_{};
  std::map<std::uint64_t, MonoTime> recorded_at_;  // by sequence number
  std::multimap<MonoTime, std::function<void()>> agenda_;
  std::unique_ptr<site::Site> site_;
  struct Plugin {
    host::PluginInstance instance;
    host::BoundInterfaces interfaces;
  };
  std::map<std::string, Plugin> running_;
  std::vector<site::Input> inbox_;
  bool turn_planned_ = false;
  std::uint64_t life_ = 0;  // number of the gateway's boots; what belongs to an earlier one is void
  bool chaos_ = true;
  bool hub_reachable_ = true;
  MonoTime from_hub_until_{};  // when the latest message on its way from the hub arrives
  // A plugin's process takes one call after the other: until when its latest is started, returned.
  std::map<std::string, MonoTime> started_until_;
  std::map<std::string, MonoTime> returned_until_;
  std::map<std::string, MonoTime> to_device_until_;  // the same of each device's topic
  std::optional<MonoTime> tick_planned_;

  std::map<std::string, Truth> truths_;  // by text
  std::map<std::string, Truth> known_;   // the same by the digest of a code's record
  std::vector<std::string> shown_;       // texts in the order in which they were shown
  std::map<std::uint64_t, MonoTime> granted_at_;
  std::set<std::pair<std::string, std::int64_t>> used_;  // credential, iat
  std::set<CredentialId> revoked_before_turn_;
  std::map<std::uint64_t, std::uint64_t> openings_sent_;  // decision -> publishes
  std::map<std::string, Gate> gates_;                     // by prefix
  bool door_open_ = false;                                // of gate-1
  MonoTime door_moved_{};
  bool fire_ = false;  // at the panel
  MonoTime fire_changed_{};
  std::map<std::string, DoorOnRecord> doors_;    // by gate, from the journal
  std::map<std::string, MonoTime> locked_down_;  // areas and "site", from the journal
  std::set<std::uint64_t> taken_;                // decisions that were taken or not taken
  bool bay_taken_ = false;                       // a vehicle stands there
  MonoTime sensor_silent_until_{};
  MonoTime sensor_told_{};
  std::uint64_t uplinks_ = 0;
  bool burning_ = false;    // from the journal
  bool fail_safe_ = false;  // from the journal
  MonoTime fail_safe_ended_{};
  bool parked_ = false;                          // the readers' plugin
  std::map<std::uint64_t, site::Order> orders_;  // unanswered, of this life
  std::uint64_t next_order_ = 1;
  std::optional<std::string> broken_;
  Summary summary_;
};

}  // namespace xiaogate::simulation
