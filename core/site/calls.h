// The calls to plugins that are under way: by what number each is known, and what asked for it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "site/config.h"
#include "site/journal_writer.h"

namespace xiaogate::site {

// An opening's call carries the sequence number of its decision, which therefore also stands in the
// device's own protocol. All other calls are numbered from 2^62 on. Calls for people's safety are
// numbered from 2^62 + 2^61 on, so that a site that was made anew after a failed commit, and
// remembers no call, still knows their answers (docs/decisions/0012). Lives on the site's thread.
class Calls {
 public:
  // What asked for a call, so that its effects can be judged by it.
  struct Cause {
    std::string device;                     // empty for a call for safety
    std::optional<std::uint64_t> decision;  // that the call carries out
    std::optional<bool> holds;              // tells a gate to be held open, or not any more
    bool safety = false;
    std::optional<MonoTime> expires = {};  // of a cabinet's command
  };

  // A site that is made anew within one run begins above the numbers of the one before it, whose
  // calls that carry nothing out it still takes the answers of (`standing`: number -> device):
  // what a device told in one of them its plugin will not tell again.
  explicit Calls(MonoTime now, const std::map<std::uint64_t, std::string>& standing = {});

  // A turn has been committed: its calls have left.
  void committed() { left_before_ = next_; }
  // Calls that have left and carry nothing out.
  std::map<std::uint64_t, std::string> standing() const;

  void call(Effects& out, const Device& device, PluginInput input);
  // Carries out the opening that `decision` says; dropped by the host once `expires` has passed.
  void open(Effects& out, const Device& gate, std::uint64_t decision, MonoTime expires);
  // A cabinet's command, numbered by the record that caused it or like any other call; dropped by
  // the host once `expires` has passed. Returns its number.
  std::uint64_t command(Effects& out, const Device& cabinet, PluginInput input, MonoTime expires,
                        std::optional<std::uint64_t> record);
  // Tells a gate to be held open, or not any more, after the commit. Returns the call's number.
  std::uint64_t hold(Effects& out, const Device& gate, PluginInput input, bool open);
  // Leaves before the commit, and when there is none. Returns the call's number.
  std::uint64_t call_for_safety(Effects& out, const Device& device, PluginInput input);

  // The cause of the call that has been answered; nothing for one that was never made.
  std::optional<Cause> answered(std::uint64_t id);

 private:
  std::uint64_t send(Effects& out, const Device& device, PluginInput input,
                     std::optional<bool> holds);

  std::uint64_t next_;
  std::uint64_t left_before_;  // calls with lower numbers have left
  std::uint64_t next_safety_;
  std::map<std::uint64_t, Cause> under_way_;  // none for safety: their numbers say it
};

}  // namespace xiaogate::site
