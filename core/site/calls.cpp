#include "site/calls.h"

#include <utility>

namespace xiaogate::site {
namespace {

constexpr std::uint64_t kFirst = std::uint64_t{1} << 62U;
constexpr std::uint64_t kFirstSafety = kFirst + (std::uint64_t{1} << 61U);

// Plugins may keep but the low bits of a number: there the two kinds differ as well.
constexpr std::uint64_t kApart = std::uint64_t{1} << 19U;

std::uint64_t first_of_run(std::uint64_t first, MonoTime now) {
  return first + (static_cast<std::uint64_t>(now.time_since_epoch().count()) << 20U);
}

}  // namespace

Calls::Calls(MonoTime now, const std::map<std::uint64_t, std::string>& standing)
    : next_(first_of_run(kFirst, now)),
      left_before_(next_),
      next_safety_(first_of_run(kFirstSafety, now) + kApart) {
  for (const auto& [id, device] : standing) {
    under_way_[id] = {.device = device, .decision = std::nullopt, .holds = std::nullopt};
  }
}

std::map<std::uint64_t, std::string> Calls::standing() const {
  std::map<std::uint64_t, std::string> standing;
  for (const auto& [id, cause] : under_way_) {
    if (id < kFirst || id >= left_before_ || cause.holds || cause.expires) continue;
    standing.emplace(id, cause.device);
  }
  return standing;
}

void Calls::call(Effects& out, const Device& device, PluginInput input) {
  send(out, device, std::move(input), std::nullopt);
}

std::uint64_t Calls::hold(Effects& out, const Device& gate, PluginInput input, bool open) {
  return send(out, gate, std::move(input), open);
}

std::uint64_t Calls::send(Effects& out, const Device& device, PluginInput input,
                          std::optional<bool> holds) {
  const std::uint64_t id = next_++;
  under_way_[id] = {.device = device.id, .decision = std::nullopt, .holds = holds};
  out.actions.emplace_back(
      CallPlugin{{.id = id, .plugin = device.plugin, .input = std::move(input)}});
  return id;
}

void Calls::open(Effects& out, const Device& gate, std::uint64_t decision, MonoTime expires) {
  under_way_[decision] = {.device = gate.id, .decision = decision, .holds = std::nullopt};
  out.actions.emplace_back(CallPlugin{{.id = decision,
                                       .plugin = gate.plugin,
                                       .input = {.kind = PluginInputKind::command,
                                                 .device = gate.id,
                                                 .name = "open",
                                                 .data = "{}"}},
                                      expires});
}

std::uint64_t Calls::command(Effects& out, const Device& cabinet, PluginInput input,
                             MonoTime expires, std::optional<std::uint64_t> record) {
  const std::uint64_t id = record ? *record : next_++;
  under_way_[id] = {
      .device = cabinet.id, .decision = std::nullopt, .holds = std::nullopt, .expires = expires};
  out.actions.emplace_back(
      CallPlugin{{.id = id, .plugin = cabinet.plugin, .input = std::move(input)}, expires});
  return id;
}

std::uint64_t Calls::call_for_safety(Effects& out, const Device& device, PluginInput input) {
  const std::uint64_t id = next_safety_++;
  out.safety.push_back(
      {CallPlugin{{.id = id, .plugin = device.plugin, .input = std::move(input)}}});
  return id;
}

std::optional<Calls::Cause> Calls::answered(std::uint64_t id) {
  if (id >= kFirstSafety)
    return Cause{.device = {}, .decision = std::nullopt, .holds = std::nullopt, .safety = true};
  const auto found = under_way_.extract(id);
  if (!found) return std::nullopt;
  return std::move(found.mapped());
}

}  // namespace xiaogate::site
