// The battery-swap cabinets of a site: which swap an event, answer or scan belongs to.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "site/batteries.h"
#include "site/calls.h"
#include "site/config.h"
#include "site/journal_writer.h"
#include "site/swap.h"

namespace xiaogate::site {

// Borrows its arguments for its lifetime. Lives on the site's thread.
class Cabinets {
 public:
  Cabinets(const SiteConfig& config, Calls& calls, JournalWriter& journal,
           const Recovered& recovered, const Instant& now);
  ~Cabinets();

  // The cabinet for which this reader reads; null when it is another's.
  const Cabinet* of_reader(const std::string& reader) const;

  // The rider was let in at the cabinet's reader. `token`: the scan's, for the reader's answers.
  void verified(Effects& out, const Instant& now, const Cabinet& cabinet, const SwapRider& rider,
                const std::string& token);
  // The reader repeats itself: it gets the last answer again.
  void repeated(Effects& out, const Cabinet& cabinet, const std::string& token);
  // False: this is no cabinet's device, or no event that one has.
  bool event(Effects& out, const Instant& now, const std::string& device, const std::string& name,
             const Json& body);
  // A command of Calls::command() that did not get through.
  void command_lost(Effects& out, const Instant& now, const std::string& device,
                    std::uint64_t number, const std::string& reason);

  void tick(Effects& out, const Instant& now);
  std::optional<MonoTime> next_deadline() const;
  // Swap::status() by cabinet.
  Json status() const;

  // A person's orders; the swap of the cabinet with this id, null when there is none.
  Swap* find(const std::string& cabinet);

 private:
  class Port;
  struct Place {
    const Cabinet* cabinet;
    std::unique_ptr<Port> port;
    std::unique_ptr<Swap> swap;
  };
  Place* of_device(const std::string& device);

  Batteries batteries_;
  std::map<std::string, Place> places_;  // by cabinet id
};

}  // namespace xiaogate::site
