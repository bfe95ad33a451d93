// A simulated cabinet and the plugin that drives it, through one swap.
#pragma once

#include "swap_cabinet/cabinet_device.h"
#include "tests/devices/pair.h"

namespace xiaogate::devices {

class CabinetPair {
 public:
  CabinetPair(CabinetDevice& device, const Json& options)
      : device_(device), plugin_("cab-1", options) {
    hear(device_.connected(WallTime()));
  }

  // The events that the plugin tells of what happens at the device.
  std::vector<PluginEffect> hear(const Doings& doings) {
    std::vector<PluginEffect> told;
    for (const auto& one : doings.publications) {
      for (auto& effect : plugin_.message(one.topic, one.payload)) {
        if (effect.kind == PluginEffectKind::event) told.push_back(std::move(effect));
      }
    }
    return told;
  }
  std::vector<PluginEffect> command(const std::string& action, const Json& input,
                                    std::uint64_t id) {
    std::vector<PluginEffect> told;
    for (const auto& sent : plugin_.command(action, input, id)) {
      EXPECT_EQ(sent.qos, 0U);
      for (auto& event : hear(device_.message(sent.name, sent.data, WallTime()))) {
        told.push_back(std::move(event));
      }
    }
    return told;
  }
  std::vector<PluginEffect> order(const std::vector<std::string>& words) {
    const auto doings = device_.order(words, WallTime());
    EXPECT_TRUE(doings.has_value()) << (doings ? "" : doings.error().text);
    return doings ? hear(*doings) : std::vector<PluginEffect>();
  }

 private:
  CabinetDevice& device_;
  InstalledPlugin plugin_;
};

inline Json body_of(const std::vector<PluginEffect>& events, const std::string& name) {
  for (const auto& event : events) {
    if (event.name == name) return parse_json(event.data).value();
  }
  return {};
}

inline void swap_with(CabinetDevice& device, const Json& options) {
  CabinetPair pair(device, options);
  const auto report = pair.command("report", Json::object(), 1);
  ASSERT_GE(report.size(), 5U);
  EXPECT_EQ(report.back().name, "done");  // after every slot
  EXPECT_EQ(body_of(report, "done")["command"], 1);
  EXPECT_EQ(body_of(report, "slot")["battery"], "FULL-1");

  const auto opened = pair.command("open_slot", {{"slot", 2}}, 2);
  EXPECT_EQ(body_of(opened, "slot")["door"], "open");
  EXPECT_EQ(body_of(opened, "done")["command"], 2);
  EXPECT_EQ(body_of(pair.order({"insert", "MINE", "2"}), "slot")["battery"], "MINE");
  EXPECT_EQ(body_of(pair.order({"close", "2"}), "slot")["door"], "closed");

  EXPECT_EQ(body_of(pair.order({"smoke", "on"}), "smoke")["active"], true);
  EXPECT_EQ(body_of(pair.order({"heat", "3", "70"}), "slot")["temperature"], 70);
  const auto locked = pair.command("lock_slot", {{"slot", 3}, {"locked", true}}, 3);
  EXPECT_EQ(body_of(locked, "slot")["locked"], true);
  EXPECT_EQ(body_of(locked, "done")["command"], 3);
  const auto stopped = pair.command("set_charge_limit", {{"percent", 0}}, 4);
  EXPECT_EQ(body_of(stopped, "done")["command"], 4);
  EXPECT_EQ(device.slots().at(1).limit, 0);

  pair.order({"jam", "1", "on"});
  EXPECT_EQ(body_of(pair.command("open_slot", {{"slot", 1}}, 5), "failed")["command"], 5);
  EXPECT_FALSE(device.order({"take", "1"}, WallTime()).has_value());
  EXPECT_FALSE(device.order({"dance"}, WallTime()).has_value());
}

}  // namespace xiaogate::devices
