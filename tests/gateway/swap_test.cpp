// A rider swaps a battery: real gateway, plugin and simulated cabinet, each a program of its own.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/devices.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

using testing::ElementsAre;

// The south gate's reader stands before a cabinet instead.
void with_cabinet(Json& config, const Json& cabinet) {
  config["devices"].push_back(cabinet);
  config["access_points"].erase(1);
  config["cabinets"] = Json::array({{{"id", "swap-1"},
                                     {"name_en", "Swap cabinet"},
                                     {"reader", "reader-2"},
                                     {"cabinet", "cab-1"}}});
}

// What became of the swap, step by step.
std::vector<std::string> swap_kinds(const RealSite& site) {
  std::vector<std::string> kinds;
  auto journal = site.journal();
  for (const auto& record : value(journal.records(1, 1000))) {
    if (record.kind.starts_with("swap_")) kinds.push_back(record.kind);
  }
  return kinds;
}

void swap_once(const Json& cabinet, const std::string& protocol, const std::string& device) {
  RealSite site([&](Json& config) { with_cabinet(config, cabinet); });
  site.start_hub();
  const auto riders = site.register_riders(1);
  Devices devices(site.site_broker().url());
  ASSERT_TRUE(devices.wait_up());
  std::ofstream(site.file("orders")) << "rider MINE-1\n";
  Process simulator(
      {.arguments = {XIAOGATE_SIM_CABINET, "--protocol", protocol, "--device", device, "--slots",
                     "4", "--broker", site.site_broker().url(), "--script",
                     site.file("orders").string(), "--log", site.file("cabinet.jsonl").string()},
       .output = site.file("sim-cabinet.log")});
  site.serve_gateway();
  ASSERT_TRUE(site.wait_status([](const Json& status) {
    return status["devices"]["cab-1"]["state"] == "online";
  })) << site.log()
      << site.log("sim-cabinet");
  ASSERT_TRUE(devices.scan("south", riders[0].full_code()));

  auto journal = site.journal();
  // The gateway has just started: three waits of seven seconds (docs/decisions/0013).
  ASSERT_TRUE(
      wait_until([&] { return !find_record(journal, "swap_done").is_null(); }, 4 * kPatience))
      << site.status() << site.log() << site.log("sim-cabinet");
  EXPECT_THAT(swap_kinds(site), ElementsAre("swap_started", "swap_slot_opened", "swap_returned",
                                            "swap_slot_opened", "swap_taken", "swap_done"));
  const Json done = find_record(journal, "swap_done");
  EXPECT_EQ(done["battery"], "FULL-1");
  EXPECT_EQ(done["returned"], "MINE-1");
  EXPECT_EQ(done["returned_slot"], 2);
  EXPECT_EQ(find_record(journal, "access_granted")["cabinet"], "swap-1");

  // What really happened at the cabinet: one battery in, one out, two doors.
  std::ifstream log(site.file("cabinet.jsonl"));
  std::vector<std::string> happened;
  for (std::string line; std::getline(log, line);) {
    const auto what = value(parse_json(line))["what"].get<std::string>();
    if (what.starts_with("slot_") || what.starts_with("battery_")) happened.push_back(what);
  }
  EXPECT_THAT(happened, ElementsAre("slot_opened", "battery_inserted", "slot_closed", "slot_opened",
                                    "battery_taken", "slot_closed"));
  EXPECT_EQ(site.fault_at_hub(), "") << site.log();
}

TEST(Swap, AtANativeCabinet) {
  swap_once({{"id", "cab-1"}, {"plugin", "swap_cabinet"}}, "native", "cab-1");
}

TEST(Swap, AtAChinaTowerCabinet) {
  const Json options{
      {"dev_id", "CHZD08KPD0210425046"},
      {"types",
       {{"login", 110}, {"attributes", 310}, {"alarm", 410}, {"control", 500}, {"query", 210}}}};
  swap_once({{"id", "cab-1"}, {"plugin", "china_tower"}, {"options", options}}, "china-tower",
            "CHZD08KPD0210425046");
}

}  // namespace
}  // namespace xiaogate::test
