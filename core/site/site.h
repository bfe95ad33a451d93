// The deterministic heart: what happens at a site, as handle(input, now) -> effects.
//
// No thread, socket, clock or random number inside. The same inputs at the same instants give the
// same effects, so the whole site runs in a simulation (tests/simulation) as it runs at a gate.
// One thread owns it. After a turn that failed to commit its memory is ahead of the journal: throw
// it away and make a new one from Ledger::recover().
//
// A scan's way through here:
//   DeviceMessage -> CallPlugin(reader) ... CallReturned{event scanned}
//     -> access::decide -> record access_granted -> [commit] -> CallPlugin(gate, open)
//     ... CallReturned{publish} -> PublishToDevice, unless the opening has expired
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "access/used_codes.h"
#include "site/alarms.h"
#include "site/areas.h"
#include "site/bays.h"
#include "site/cabinets.h"
#include "site/calls.h"
#include "site/config.h"
#include "site/deadlines.h"
#include "site/effect_quota.h"
#include "site/fail_safe.h"
#include "site/feed_follower.h"
#include "site/gate_watch.h"
#include "site/head_count.h"
#include "site/input.h"
#include "site/journal_writer.h"
#include "site/lock_open.h"
#include "site/openings.h"
#include "site/ports.h"
#include "site/rejections.h"
#include "site/reporter.h"
#include "site/routes.h"
#include "site/state_quota.h"
#include "site/trust.h"

namespace xiaogate::site {

class Site {
 public:
  // How far wall time may step back behind the newest record before an alarm is raised.
  static constexpr Millis kClockTolerance{5000};

  // Borrows `credentials` for its lifetime. `version` is the software's, for records and the hub.
  // `standing`: of the site before it within this run. Appends the record gateway_started with the
  // first handled input, which must come soon: a fire that goes on is acted on with it.
  Site(SiteConfig config, TrustList trust, access::CredentialSource& credentials,
       const Recovered& recovered, const Instant& now, std::string version, Standing standing = {});
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // The records that must be given as Recovered::recent: since when.
  static WallTime recent_since(const SiteConfig& config, const Instant& now);

  Effects handle(const Input& input, const Instant& now);

  // Once at the end of each turn, after its inputs, whose effects ask for `durability`: reports go
  // out, and the result's durability is that of the whole turn.
  Effects settle(Durability durability, const Instant& now);

  // When a Tick is due, if nothing else happens.
  std::optional<MonoTime> next_deadline() const;

  Standing standing() const;

  // For the status page: devices, gates, bays, alarms, link states, counters, head of the journal.
  Json status(WallTime now) const;
  // The alarms that stand, as Alarms::list().
  Json alarms() const { return alarms_.list(); }

 private:
  struct Denial {
    access::CodeKey code{};
    Verdict verdict = Verdict::malformed_code;
    WallTime at;
  };
  using TimerKey = std::pair<std::string, std::string>;  // device, name

  void restore_used_codes(const std::vector<Record>& recent);
  void start(Effects& out, const Instant& now);
  void check_clock(Effects& out, const Instant& now);
  void run_timers(Effects& out, const Instant& now);

  void on(const DeviceMessage& message, Effects& out, const Instant& now);
  void on(const DeviceLinkChanged& change, Effects& out, const Instant& now);
  void on(const HubLinkChanged& change, Effects& out, const Instant& now);
  void on(const HubMessage& message, Effects& out, const Instant& now);
  void on(const MessageDropped& dropped, Effects& out, const Instant& now);
  void on(const PluginUp& plugin, Effects& out, const Instant& now);
  void on(const PluginDown& plugin, Effects& out, const Instant& now);
  void on(const PluginParked& plugin, Effects& out, const Instant& now);
  void on(const PluginUpgraded& plugin, Effects& out, const Instant& now);
  void on(const PluginUpgradeFailed& plugin, Effects& out, const Instant& now);
  void on(const InputQuarantined& input, Effects& out, const Instant& now);
  void on(const CallReturned& returned, Effects& out, const Instant& now);
  void on(const CallFailed& failed, Effects& out, const Instant& now);
  void on(const DiskFull& disk, Effects& out, const Instant& now);
  void on(const CacheFault& fault, Effects& out, const Instant& now);
  void on(const Order& order, Effects& out, const Instant& now);
  void on(const Tick& tick, Effects& out, const Instant& now);

  // site_plugins.cpp: what plugins' effects mean.
  void apply(Effects& out, const std::string& plugin, const PluginEffect& effect,
             const Calls::Cause& cause, const Instant& now);
  void keep(Effects& out, const std::string& plugin, const PluginEffect& effect,
            const Instant& now);
  void apply_event(Effects& out, const Device& device, const PluginEffect& effect,
                   const Instant& now);
  void set_timer(Effects& out, const Device& device, const PluginEffect& effect,
                 const Instant& now);
  void publish(Effects& out, const Device& device, const PluginEffect& effect,
               const Calls::Cause& cause, const Instant& now);

  void plugin_came_up(Effects& out, const std::string& plugin, const Instant& now);

  // site_devices.cpp: what devices tell.
  void event(Effects& out, const Device& device, const std::string& name, const Json& body,
             const Instant& now);
  void presence(Effects& out, const Device& device, bool online, const Instant& now);
  void watch_fire_input(Effects& out, const Device& device, bool online, const Instant& now);
  void alarm_input(Effects& out, const Device& device, bool active, const Instant& now);
  void tamper(Effects& out, const Device& device, bool tampered, const Instant& now);
  void gate_event(Effects& out, const Device& device, const std::string& name, const Json& body,
                  const Instant& now);
  void gate_answer(Effects& out, const Device& gate, const std::string& name, const Json& body,
                   const Instant& now);

  // site_cabinets.cpp: what concerns battery-swap cabinets.
  void scanned_at_cabinet(Effects& out, const Device& reader, const Cabinet& cabinet,
                          const Json& body, const Instant& now);
  void cabinet_event(Effects& out, const Device& device, const std::string& name, const Json& body,
                     const Instant& now);

  // site_access.cpp: from a scan to an answer.
  void scanned(Effects& out, const Device& reader, const Json& body, const Instant& now);
  void grant(Effects& out, const AccessPoint& point, const access::Decision& decision,
             const Instant& now);
  // Carries out what the record `decision` says.
  void open(Effects& out, const AccessPoint& point, std::uint64_t decision, const Instant& now);
  access::Decision decide(const access::AccessPoint& rules, const std::string& code,
                          const Instant& now, bool lock_down = false);
  // The record access_granted of what `body` says besides; returns its sequence number.
  std::uint64_t record_grant(Effects& out, const access::AccessPoint& rules,
                             const std::string& reader, const access::Decision& decision, Json body,
                             const Instant& now);
  void deny(Effects& out, const access::AccessPoint& rules, const std::string& reader,
            const access::Decision& decision, const Instant& now);
  void answer(Effects& out, const Device& reader, Verdict verdict, const std::string& token);
  void accessed_offline(Effects& out, const Device& reader, const Json& body, const Instant& now);

  // site_orders.cpp: what people order, and which gates are held open.
  Result<std::uint64_t> open_by_hand(Effects& out, const Order& order, const Instant& now);
  void hold_gates(Effects& out, const Instant& now);
  void watch_held_gates(Effects& out, const Instant& now);
  bool is_locked_down(const AccessPoint& point) const;

  void reject(Effects& out, const Instant& now, const std::string& kind, const std::string& source,
              const std::string& reason, std::string_view detail);
  void publish_state(Effects& out, const Instant& now);

  SiteConfig config_;
  TrustList trust_;
  access::CredentialSource& credentials_;
  std::string version_;
  Routes routes_;
  JournalWriter journal_;
  Rejections rejections_;
  Reporter reporter_;
  FeedFollower feed_;
  access::UsedCodes used_;
  Calls calls_;
  Openings openings_;
  Deadlines<TimerKey> timers_;  // of plugins
  EffectQuota quota_;
  StateQuota plugin_states_;
  Alarms alarms_;
  GateWatch gates_;
  Cabinets cabinets_;
  Areas areas_;
  LockOpen lock_open_;
  FailSafe fail_safe_;
  Bays bays_;
  HeadCount head_count_;

  std::map<std::string, const AccessPoint*> point_of_reader_;
  std::map<std::string, Denial> last_denial_;        // by access point
  std::map<std::string, bool> online_;               // by device; absent: never heard
  std::map<std::string, std::string> plugin_state_;  // "up", "down", "parked"
  Standing standing_;                                // of the site before, until the first input
  bool settled_ = false;    // the turn before has ended; the next input says that it was committed
  std::uint64_t boot_ = 0;  // sequence number of this run's gateway_started
  bool device_link_up_ = false;
  bool hub_link_up_ = false;
  std::uint64_t granted_ = 0;
  std::uint64_t denied_ = 0;
};

}  // namespace xiaogate::site
