// The Thing Models of devices/ (W3C WoT), compiled into the program: what a plugin may say of its
// devices and what its devices may be told. Immutable once made; any thread; copies share.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/plugin.h"
#include "model/result.h"

namespace xiaogate::host {

class BoundInterfaces;

class Interfaces {
 public:
  // The models that were in devices/*/*.tm.json when the program was built; compiled by the first
  // call, then shared. Error "interface.invalid": a defect of the models themselves.
  static Result<Interfaces> load();
  // Other models, each a JSON text; for tests. Every schema in them must be of type object, for
  // bodies are.
  static Result<Interfaces> compile(std::span<const std::string_view> models);

  // Names of the models, in order.
  std::vector<std::string> names() const;
  // Every fault of a manifest's `interfaces`, each "<JSON pointer below /interfaces>: <what, and
  // what there is instead>": a model that does not exist, an affordance that is not optional in it.
  std::vector<std::string> faults(const OfferedInterfaces& offered) const;
  // What a plugin that offers these may say and be told. What faults() complains of is not bound.
  BoundInterfaces bind(const OfferedInterfaces& offered) const;

 private:
  struct Compiled;
  explicit Interfaces(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

// One plugin's part of them; a lookup and one pass over the JSON for each check.
class BoundInterfaces {
 public:
  // `name` is an event of an offered model, or one of its properties, whose change is told like an
  // event. Errors, both "<name>: <JSON pointer>: <what>" with all faults in one sentence:
  // "interface.unknown" (no such event among what is offered), "interface.broken" (its body).
  Result<void> check_event(std::string_view name, std::string_view body) const;
  // The same for an action and its input.
  Result<void> check_action(std::string_view name, std::string_view input) const;

 private:
  friend class Interfaces;
  struct Table;
  explicit BoundInterfaces(std::shared_ptr<const Table> table) : table_(std::move(table)) {}
  std::shared_ptr<const Table> table_;
};

// Whether a plugin may be given this input: a command must be an action of its interfaces. Errors
// as of check_action().
Result<void> check_input(const PluginInput& input, const BoundInterfaces& interfaces);

// Takes the events out of a call's effects that `interfaces` do not allow, and tells why; the
// other effects stay, in their order. Whoever calls a plugin lets its effects through here before
// the site sees them.
std::vector<RefusedEffect> take_refused(std::vector<PluginEffect>& effects,
                                        const BoundInterfaces& interfaces);

}  // namespace xiaogate::host
