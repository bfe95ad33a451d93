#include "tests/host/harness.h"

#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>
#include <poll.h>

#include "host/thing_models.h"

namespace xiaogate::host {

Instant now() {
  const auto wall = std::chrono::system_clock::now();
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::floor<Millis>(wall), MonoTime(std::chrono::floor<Millis>(mono)),
          ClockQuality::synchronised};
}

namespace {

constexpr std::string_view kContrary = R"({
  "title": "contrary",
  "actions": {
    "behave": {}, "crash": {}, "exit": {}, "loop": {}, "throw": {}, "no such": {}, "flood": {},
    "fill": {}, "nonsense": {}, "recall": {}, "environment": {}, "lie": {}, "count": {},
    "remember": {"input": {"type": "object"}}
  },
  "events": {
    "before": {}, "drop": {},
    "heard": {"data": {"type": "object", "properties": {"size": {"type": "string"}}}},
    "counted": {"data": {"type": "object", "properties": {"count": {"type": "string"}}}},
    "recalled": {"data": {"type": "object", "properties": {"kept": {"type": "string"}}}},
    "surroundings": {"data": {"type": "object", "properties": {"path": {"type": "string"}}}}
  }
})";

}  // namespace

Interfaces test_interfaces() {
  std::vector<std::string_view> models(thing_models().begin(), thing_models().end());
  models.push_back(kContrary);
  return Interfaces::compile(models).value();
}

PluginManifest test_manifest(const std::string& name) {
  PluginManifest manifest;
  manifest.name = name;
  manifest.version = "1.0.0";
  manifest.abi = 1;
  manifest.interfaces = {{"contrary", {}}};
  manifest.library = std::string(XIAOGATE_TEST_PLUGINS) + "/libxiaogate_" + name + ".so";
  return manifest;
}

PluginManifest test_manifest_2() {
  auto manifest = test_manifest("contrary");
  manifest.version = "2.0.0";
  manifest.library = std::string(XIAOGATE_TEST_PLUGINS) + "/libxiaogate_contrary_2.so";
  return manifest;
}

std::string test_config(const std::string& create) {
  return R"({"devices":{"d1":{"how":"create:)" + create + R"("}}})";
}

Harness::Harness(HostOptions options) {
  if (options.runner.empty()) options.runner = XIAOGATE_PLUGIN_RUNNER;
  auto made = PluginHost::create(std::move(options), test_interfaces(),
                                 [this](const std::string&) { return state; });
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().text);
  host_ = std::move(*made);
}

void Harness::call(const std::string& plugin, std::uint64_t id, const std::string& action,
                   std::string data, MonoTime expires) {
  PluginInput input{PluginInputKind::command, "d1", action, std::move(data)};
  host_->call({id, plugin, std::move(input)}, expires, now());
}

void Harness::message(const std::string& plugin, std::uint64_t id, const std::string& topic,
                      std::string data) {
  PluginInput input{PluginInputKind::message, "d1", topic, std::move(data)};
  host_->call({id, plugin, std::move(input)}, MonoTime::max(), now());
}

void Harness::serve() {
  auto told = host_->service(now());
  for (auto& event : told) {
    if (const auto* returned = std::get_if<CallReturned>(&event)) {
      for (const auto& effect : returned->effects) {
        if (effect.kind == PluginEffectKind::put) state[effect.name] = effect.data;
      }
    }
    events.push_back(std::move(event));
  }
}

bool Harness::run_until(const std::function<bool()>& done) {
  const auto give_up = now().mono + std::chrono::minutes(1);
  while (!done()) {
    const auto moment = now().mono;
    if (moment > give_up) return false;
    const auto due = std::min(host_->next_deadline().value_or(give_up), give_up);
    const auto wait = std::clamp((due - moment).count(), MonoClock::rep{0}, MonoClock::rep{60'000});
    pollfd ready{host_->descriptor(), POLLIN, 0};
    poll(&ready, 1, due <= moment ? 0 : static_cast<int>(wait));
    serve();
  }
  return true;
}

}  // namespace xiaogate::host
