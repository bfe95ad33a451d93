// A plugin is replaced through the admin socket while riders go on scanning.

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "api/http_client.h"
#include "tests/gateway/devices.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

namespace fs = std::filesystem;

constexpr Millis kBetweenScans{50};
constexpr int kScans = 60;

class Upgrade : public testing::Test {
 protected:
  void SetUp() override {
    // A folder of its own in the place of the link to the build's, to change.
    fs::remove(site_.file("plugins") / "shelly");
    fs::copy(fs::path(XIAOGATE_PLUGINS) / "shelly", site_.file("plugins") / "shelly");
    site_.start_hub();
    riders_ = site_.register_riders(kScans);
    ASSERT_TRUE(devices_.wait_up());
    site_.serve_gateway();
    ASSERT_TRUE(site_.wait_status([](const Json& status) {
      return status.at("plugins") == Json{{"reader", "up"}, {"shelly", "up"}};
    }));
  }

  api::Response call(const std::string& method, const std::string& target) {
    return value(api::http_call(site_.data() / "xiaogated.sock", method, target, ""));
  }
  Json plugin(const std::string& name) {
    const auto all = value(parse_json(call("GET", "/v1/plugins").body));
    for (const auto& one : all.at("plugins")) {
      if (one.at("name") == name) return one;
    }
    return {};
  }
  // The folder of the gates' plugin with another library or manifest, put in its place at once.
  void install(const std::string& version, const std::string& library) {
    const auto next = site_.file("next");
    fs::copy(site_.file("plugins") / "shelly", next);
    fs::copy_file(library, next / "libxiaogate_shelly.so", fs::copy_options::overwrite_existing);
    std::ifstream in(next / "manifest.json");
    auto manifest = Json::parse(in);
    manifest["version"] = version;
    std::ofstream(next / "manifest.json") << manifest.dump();
    fs::rename(site_.file("plugins") / "shelly", site_.file("before-" + version));
    fs::rename(next, site_.file("plugins") / "shelly");
  }
  // Scans at 20/s, each rider once, and meanwhile asks for the other version.
  api::Response reload_under_load() {
    api::Response answer;
    std::jthread operations;
    for (int i = 0; i < kScans; ++i) {
      if (i == kScans / 3) {
        operations = std::jthread([&] { answer = call("POST", "/v1/plugins/shelly/reload"); });
      }
      EXPECT_TRUE(devices_.scan("north", riders_[static_cast<std::size_t>(i)].full_code()));
      // The pace of the riders, not a wait for something to happen.
      std::this_thread::sleep_for(kBetweenScans);
    }
    operations.join();
    return answer;
  }
  void expect_each_scan_opened_once() {
    EXPECT_TRUE(wait_until([&] { return devices_.command_count() >= kScans; })) << site_.log();
    std::set<std::uint64_t> decisions;
    for (const auto& command : devices_.commands()) {
      EXPECT_TRUE(decisions.insert(command.rpc_id).second) << command.rpc_id << " opened twice";
    }
    EXPECT_EQ(decisions.size(), std::size_t{kScans});
    auto journal = site_.journal();
    EXPECT_TRUE(find_record(journal, "command_expired").is_null());
    EXPECT_TRUE(find_record(journal, "command_failed").is_null());
    EXPECT_TRUE(find_record(journal, "plugin_failed").is_null());
  }

  RealSite site_;
  Devices devices_{site_.site_broker().url()};
  std::vector<Rider> riders_;
};

TEST_F(Upgrade, EveryScanOpensExactlyOnce) {
  const auto before = plugin("shelly");
  install("9.0.0", XIAOGATE_NEXT_SHELLY);
  const auto answer = reload_under_load();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(value(parse_json(answer.body)),
            (Json{{"plugin", "shelly"}, {"from", before.at("version")}, {"to", "9.0.0"}}));
  expect_each_scan_opened_once();
  const auto after = plugin("shelly");
  EXPECT_EQ(after.at("version"), "9.0.0");
  EXPECT_EQ(after.at("state"), "up");
  EXPECT_NE(after.at("pid"), before.at("pid"));
  auto journal = site_.journal();
  EXPECT_EQ(find_record(journal, "plugin_upgraded").value("to", ""), "9.0.0");
}

TEST_F(Upgrade, AVersionThatDoesNotStartLeavesTheOldOneAtWork) {
  const auto before = plugin("shelly");
  install("9.0.1", XIAOGATE_NEXT_SHELLY);  // its library says 9.0.0
  const auto answer = reload_under_load();
  EXPECT_EQ(answer.status, 409);
  EXPECT_NE(answer.body.find("the one before goes on"), std::string::npos) << answer.body;
  expect_each_scan_opened_once();
  EXPECT_EQ(plugin("shelly").at("pid"), before.at("pid"));
  EXPECT_EQ(plugin("shelly").at("version"), before.at("version"));
  auto journal = site_.journal();
  EXPECT_FALSE(find_record(journal, "plugin_upgrade_failed").is_null());
}

TEST_F(Upgrade, WhatCannotBeDoneIsRefusedWithASentence) {
  EXPECT_EQ(call("POST", "/v1/plugins/kettle/start").status, 404);
  EXPECT_EQ(call("POST", "/v1/plugins/kettle/reload").status, 404);
  EXPECT_EQ(call("POST", "/v1/plugins/..%2Fshelly/reload").status, 404);
  EXPECT_EQ(call("POST", "/v1/plugins/shelly/start").status, 200);
  const auto file = site_.file("plugins") / "shelly" / "manifest.json";
  std::ifstream in(file);
  auto manifest = Json::parse(in);
  manifest["topics"]["publish"].push_back("{prefix}/more");
  std::ofstream(file) << manifest.dump();
  const auto topics = call("POST", "/v1/plugins/shelly/reload");
  EXPECT_EQ(topics.status, 409);
  EXPECT_NE(topics.body.find("restart the gateway"), std::string::npos) << topics.body;
  manifest["options"]["required"] = {"prefix", "colour"};
  std::ofstream(file) << manifest.dump();
  EXPECT_EQ(call("POST", "/v1/plugins/shelly/reload").status, 400);
  EXPECT_EQ(plugin("shelly").at("state"), "up");
}

}  // namespace
}  // namespace xiaogate::test
