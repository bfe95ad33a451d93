// The Thing Models of devices/ (W3C WoT), compiled into the program: what a plugin may say of its
// devices and what its devices may be told. Immutable after load(); any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/plugin.h"
#include "model/result.h"

namespace xiaogate::host {

class BoundInterfaces;

class Interfaces {
 public:
  // Compiles every model. Error "interface.invalid": a defect of the models themselves.
  static Result<Interfaces> load();
  Interfaces(Interfaces&&) noexcept;
  Interfaces& operator=(Interfaces&&) noexcept;
  ~Interfaces();

  // Names of the models, in order.
  std::vector<std::string> names() const;
  // Every fault of a manifest's `interfaces`, each "<JSON pointer below /interfaces>: <what, and
  // what there is instead>": a model that does not exist, an affordance that is not optional in it.
  std::vector<std::string> faults(const OfferedInterfaces& offered) const;
  // What a plugin that offers these may say and be told. REQUIRES: faults(offered) is empty.
  BoundInterfaces bind(const OfferedInterfaces& offered) const;

 private:
  struct Compiled;
  explicit Interfaces(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

// One plugin's part of them; a lookup and one pass over the JSON for each check.
class BoundInterfaces {
 public:
  // `name` is an event of an offered model, or one of its properties, whose change is told like an
  // event. Error "interface.broken": "<name>: <JSON pointer>: <what>", all faults in one sentence.
  Result<void> check_event(std::string_view name, std::string_view body) const;
  // The same for an action and its input.
  Result<void> check_action(std::string_view name, std::string_view input) const;

 private:
  friend class Interfaces;
  struct Table;
  explicit BoundInterfaces(std::shared_ptr<const Table> table);
  std::shared_ptr<const Table> table_;
};

}  // namespace xiaogate::host
