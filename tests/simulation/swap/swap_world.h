// Riders, a cabinet, its network, a disk and the power switch around one Swap, under one seed.
//
// The swap and its journal are the real ones. The network loses, doubles and delays: commands act
// late or twice; what the cabinet tells keeps its order but for doubles, which come late; when the
// connection stalls it is held back for minutes, and the last of it comes again.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "site/swap.h"
#include "tests/simulation/memory_ledger.h"
#include "tests/simulation/swap/physics.h"

namespace xiaogate::simulation {

struct SwapSummary {
  std::uint64_t swaps = 0;
  std::uint64_t done = 0;
  std::uint64_t aborted = 0;
  std::uint64_t refused = 0;  // batteries
  std::uint64_t cases = 0;
  std::uint64_t closed = 0;  // cases
  std::uint64_t openings = 0;
  std::uint64_t restarts = 0;
  std::uint64_t alarms = 0;
};

class SwapWorld : public site::CabinetPort {
 public:
  SwapWorld(std::uint64_t seed, std::function<void(const std::string&)> trace);

  // Chaos, then a quiet time in which everything must come right. The error names the invariant
  // that broke.
  Result<SwapSummary> run();

  std::uint64_t command(site::Effects& out, const std::string& action, const Json& input,
                        MonoTime expires, std::optional<std::uint64_t> number) override;
  void show(site::Effects& out, const site::SwapNotice& notice) override;

 private:
  struct Command {
    std::string action;
    Json input;
    std::uint64_t number = 0;
    MonoTime expires;
  };
  using Handler = std::function<void(site::Effects&, const Instant&)>;

  // swap_world.cpp: time and the gateway's life.
  Instant now() const;
  void at(Millis delay, std::function<void()> what);
  void run_until(MonoTime end);
  void boot();
  void crash(bool power_cut);
  void turn(const Handler& what);
  void tick_later();
  void broken(const std::string& invariant);
  void trace(const std::string& line) const;

  // swap_outside.cpp: network, cabinet and riders.
  void send(const Command& command);
  void act(const Command& command);
  void tell(const std::string& name, Json body);
  void deliver(const std::string& name, const Json& body);
  void tell_slot(int slot);
  void stall(Millis time);
  void flush();
  void cabinet_reboots();
  void door_opened(int slot);
  void rider_acts(int rider, int slot);
  void rider_comes();
  void something_happens();

  // swap_checks.cpp
  void check(const Record& record);
  void check_handed(const std::string& kind, const Json& body);
  void check_opening(std::uint64_t number, const Json& body);
  void check_holds_one(const Json& body, const std::string& what);
  void check_end();
  void check_case(const site::SwapCase& what);
  static int rider_of(const std::string& name);

  Random random_;
  std::function<void(const std::string&)> trace_;
  Physics physics_;
  MemoryLedger ledger_;
  site::Cabinet cabinet_;
  MonoTime mono_{Millis(1'000'000)};
  std::multimap<MonoTime, std::function<void()>> agenda_;

  std::unique_ptr<site::JournalWriter> journal_;
  std::unique_ptr<site::Batteries> batteries_;
  std::unique_ptr<site::Swap> swap_;
  std::vector<Command> commands_;  // of the turn under way
  std::uint64_t next_number_ = std::uint64_t{1} << 62U;
  std::uint64_t life_ = 0;  // number of the gateway's boots
  std::optional<MonoTime> tick_planned_;
  bool chaos_ = true;

  bool stalled_ = false;
  MonoTime in_order_until_{};  // when the latest message on its way arrives
  std::vector<std::pair<std::string, Json>> held_back_;
  int present_ = kNobody;                                      // the rider before the cabinet
  std::set<int> locked_out_;                                   // by the journal
  std::map<std::uint64_t, std::pair<int, MonoTime>> allowed_;  // openings by the journal
  std::map<std::string, int> handed_;                          // batteries, by the journal
  std::map<std::uint64_t, int> cases_of_;                      // open cases by the journal
  std::optional<std::string> broken_;
  SwapSummary summary_;
};

}  // namespace xiaogate::simulation
