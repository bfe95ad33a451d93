#include "host/interfaces.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "host/schema.h"
#include "host/thing_models.h"
#include "model/bytes.h"
#include "model/json.h"

namespace xiaogate::host {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

// An affordance of a model: W3C WoT Thing Description 1.1, 5.3.1.
struct Affordance {
  bool is_action = false;
  bool is_optional = false;
  Schema schema;
};

struct Model {
  std::map<std::string, Affordance> affordances;
};

// The three kinds, and the member of each that describes its data; a property is its own schema.
struct Kind {
  const char* name;
  const char* schema;
};
constexpr std::array<Kind, 3> kKinds{
    {{"properties", nullptr}, {"actions", "input"}, {"events", "data"}}};

std::unexpected<Error> invalid(const std::string& model, const std::string& what) {
  return failure("interface.invalid", "Thing Model " + model + ": " + what);
}

Result<Affordance> read_affordance(const Json& json, const Kind& kind, const std::string& model,
                                   const std::string& pointer) {
  // An action or event without data has the empty object.
  static const Json kNoData = {{"type", "object"}, {"maxProperties", 0}};
  const Json* schema = &json;
  if (kind.schema != nullptr) {
    const auto found = json.find(kind.schema);
    schema = found == json.end() ? &kNoData : &*found;
  }
  if (!schema->is_object() || schema->value("type", Json()) != "object") {
    return invalid(model, pointer + " must describe an object");
  }
  auto compiled = Schema::compile(*schema);
  if (!compiled) return invalid(model, pointer + ": " + compiled.error().text);
  return Affordance{.is_action = kind.name == std::string_view("actions"),
                    .schema = std::move(*compiled)};
}

Result<Model> read_model(const Json& json, const std::string& title) {
  std::set<std::string> optional;
  for (const auto& pointer : json.value("tm:optional", Json::array())) optional.insert(pointer);
  Model model;
  for (const auto& kind : kKinds) {
    const auto group = json.find(kind.name);
    if (group == json.end()) continue;
    for (const auto& [name, json_of_one] : group->items()) {
      const auto pointer = "/" + std::string(kind.name) + "/" + name;
      auto affordance = read_affordance(json_of_one, kind, title, pointer);
      if (!affordance) return std::unexpected(affordance.error());
      affordance->is_optional = optional.erase(pointer) > 0;
      if (!model.affordances.emplace(name, std::move(*affordance)).second) {
        return invalid(title, name + " names two affordances");
      }
    }
  }
  if (!optional.empty()) return invalid(title, *optional.begin() + " is optional and not there");
  return model;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

std::string fault_of_affordance(const Model& model, const std::string& title,
                                const std::string& name) {
  if (const auto found = model.affordances.find(name); found != model.affordances.end()) {
    return printable(name) + " is part of every " + title + "; leave it out";
  }
  std::vector<std::string> optional;
  for (const auto& [other, affordance] : model.affordances) {
    if (affordance.is_optional) optional.push_back(other);
  }
  return title + " has no " + printable(name) + "; optional in it are: " + listed(optional);
}

}  // namespace

struct Interfaces::Compiled {
  std::map<std::string, Model> models;
};

struct BoundInterfaces::Table {
  // By name; one for each offered model that has it. The schemas share what the models compiled.
  using Schemas = std::unordered_map<std::string, std::vector<Schema>, TextHash, std::equal_to<>>;

  static Result<void> check(const Schemas& schemas, const char* what, std::string_view name,
                            std::string_view body, const Table& table);

  Schemas events;
  Schemas actions;
  std::string offered;  // for errors
};

Result<Interfaces> Interfaces::load() {
  static const auto loaded = compile(thing_models());
  return loaded;
}

Result<Interfaces> Interfaces::compile(std::span<const std::string_view> models) {
  auto compiled = std::make_shared<Compiled>();
  for (const auto text : models) {
    const auto json = parse_json(text);
    if (!json) return invalid("that begins " + printable(text), json.error().text);
    const std::string title = json->value("title", "");
    if (title.empty()) return invalid("that begins " + printable(text), "has no title");
    auto model = read_model(*json, title);
    if (!model) return std::unexpected(model.error());
    if (!compiled->models.emplace(title, std::move(*model)).second) {
      return invalid(title, "stands there twice");
    }
  }
  return Interfaces(std::move(compiled));
}

std::vector<std::string> Interfaces::names() const {
  std::vector<std::string> names;
  for (const auto& [title, model] : compiled_->models) names.push_back(title);
  return names;
}

std::vector<std::string> Interfaces::faults(const OfferedInterfaces& offered) const {
  std::vector<std::string> faults;
  for (const auto& [title, affordances] : offered) {
    const auto model = compiled_->models.find(title);
    if (model == compiled_->models.end()) {
      faults.push_back("/" + printable(title) + ": there is no such interface; there are " +
                       listed(names()));
      continue;
    }
    for (std::size_t i = 0; i < affordances.size(); ++i) {
      const auto found = model->second.affordances.find(affordances[i]);
      if (found != model->second.affordances.end() && found->second.is_optional) continue;
      faults.push_back("/" + title + "/" + std::to_string(i) + ": " +
                       fault_of_affordance(model->second, title, affordances[i]));
    }
  }
  return faults;
}

BoundInterfaces Interfaces::bind(const OfferedInterfaces& offered) const {
  auto table = std::make_shared<BoundInterfaces::Table>();
  std::vector<std::string> titles;
  for (const auto& [title, affordances] : offered) {
    titles.push_back(title);
    const auto model = compiled_->models.find(title);
    if (model == compiled_->models.end()) continue;
    for (const auto& [name, affordance] : model->second.affordances) {
      if (affordance.is_optional && std::ranges::find(affordances, name) == affordances.end())
        continue;
      (affordance.is_action ? table->actions : table->events)[name].push_back(affordance.schema);
    }
  }
  table->offered = listed(titles);
  return BoundInterfaces(std::move(table));
}

Result<void> BoundInterfaces::Table::check(const Schemas& schemas, const char* what,
                                           std::string_view name, std::string_view body,
                                           const Table& table) {
  const auto found = schemas.find(name);
  const auto told = [name](const std::string& fault) { return printable(name) + ": " + fault; };
  if (found == schemas.end()) {
    return failure("interface.unknown",
                   told(std::string(": the plugin's manifest offers no such ") + what +
                        " (interfaces: " + table.offered + ")"));
  }
  const auto json = parse_json(body);
  if (!json) return failure("interface.broken", told(": is not JSON: " + json.error().text));
  // Where two models have the name, it is enough to keep to one of them.
  for (const auto& schema : found->second) {
    if (schema.accepts(*json)) return {};
  }
  std::string faults;
  for (const auto& fault : found->second.front().faults(*json)) {
    faults += (faults.empty() ? "" : "; ") + fault;
  }
  return failure("interface.broken", told(faults));
}

Result<void> BoundInterfaces::check_event(std::string_view name, std::string_view body) const {
  return Table::check(table_->events, "event", name, body, *table_);
}

Result<void> BoundInterfaces::check_action(std::string_view name, std::string_view input) const {
  return Table::check(table_->actions, "action", name, input, *table_);
}

Result<void> check_input(const PluginInput& input, const BoundInterfaces& interfaces) {
  if (input.kind != PluginInputKind::command) return {};
  return interfaces.check_action(input.name, input.data);
}

std::vector<RefusedEffect> take_refused(std::vector<PluginEffect>& effects,
                                        const BoundInterfaces& interfaces) {
  std::vector<RefusedEffect> refused;
  std::erase_if(effects, [&](const PluginEffect& effect) {
    if (effect.kind != PluginEffectKind::event) return false;
    const auto checked = interfaces.check_event(effect.name, effect.data);
    if (!checked) refused.push_back({effect.device, checked.error().text});
    return !checked;
  });
  return refused;
}

}  // namespace xiaogate::host
