// A signed package is installed through the admin socket; one that is not right leaves the running
// gateway as it was.

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "api/http_client.h"
#include "kit/pack.h"
#include "tests/gateway/real_site.h"

namespace xiaogate::test {
namespace {

namespace fs = std::filesystem;

class Install : public testing::Test {
 protected:
  void SetUp() override {
    site_.start_hub();
    std::ifstream in(site_.file("hub") / "trust.json");
    Json trust = Json::parse(in);
    trust["vendors"] = Json::array({kit::vendor_entry(key_.public_key(), "Acme")});
    std::ofstream(site_.file("hub") / "trust.json") << trust.dump();
    serve();
  }
  void serve() {
    site_.serve_gateway();
    ASSERT_TRUE(site_.wait_status([](const Json& status) {
      return status.at("plugins") == Json{{"reader", "up"}, {"shelly", "up"}};
    })) << site_.log();
  }

  // The gates' plugin with another library, as `version`.
  std::string package(const std::string& version, const cose::PrivateKey& key) {
    const auto folder = site_.file("package-" + version);
    fs::remove_all(folder);
    fs::copy(fs::path(XIAOGATE_PLUGINS) / "shelly", folder);
    fs::copy_file(XIAOGATE_NEXT_SHELLY, folder / "libxiaogate_shelly.so",
                  fs::copy_options::overwrite_existing);
    std::ifstream in(folder / "manifest.json");
    auto manifest = Json::parse(in);
    manifest["version"] = version;
    std::ofstream(folder / "manifest.json") << manifest.dump();
    return std::string(as_text(value(kit::pack(folder, key)).octets));
  }
  api::Response install(const std::string& octets) {
    return value(api::http_call(site_.data() / "xiaogated.sock", "POST", "/v1/plugins", octets,
                                std::chrono::seconds(60)));
  }
  std::string version() {
    const auto answer =
        value(api::http_call(site_.data() / "xiaogated.sock", "GET", "/v1/plugins"));
    const auto all = value(parse_json(answer.body));
    for (const auto& one : all.at("plugins")) {
      if (one.at("name") == "shelly") return one.at("version").get<std::string>();
    }
    return {};
  }
  fs::path installed() const { return site_.data() / "plugins" / "shelly"; }

  cose::PrivateKey key_ = value(cose::PrivateKey::generate(Algorithm::ed25519));
  RealSite site_;
};

TEST_F(Install, APackageTakesOverAndStaysAfterARestart) {
  const auto answer = install(package("9.0.0", key_));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json told = value(parse_json(answer.body));
  EXPECT_EQ(told.at("vendor"), "Acme");
  EXPECT_EQ(told.at("running"), true);
  EXPECT_EQ(version(), "9.0.0");
  EXPECT_EQ(site_.gateway().stop(), 0);
  serve();
  EXPECT_EQ(version(), "9.0.0");
}

TEST_F(Install, ADamagedOneIsRefusedAtTheStartForTheDeliveredOne) {
  const std::string delivered = version();
  ASSERT_EQ(install(package("9.0.0", key_)).status, 200);
  EXPECT_EQ(site_.gateway().stop(), 0);
  std::ofstream(installed() / "9.0.0" / "libxiaogate_shelly.so", std::ios::app) << "x";
  serve();
  EXPECT_EQ(version(), delivered);
  auto journal = site_.journal();
  const Json record = find_record(journal, "plugin_upgrade_failed");
  EXPECT_EQ(record.value("version", ""), "9.0.0");
}

TEST_F(Install, WhatIsNotRightLeavesTheGatewayAsItWas) {
  const std::string before = version();
  const auto pids = site_.plugin_pids();
  const auto stranger = value(cose::PrivateKey::generate(Algorithm::ed25519));
  EXPECT_EQ(install(package("9.0.0", stranger)).status, 403);
  std::string altered = package("9.0.0", key_);
  altered.back() = static_cast<char>(altered.back() ^ 1);
  EXPECT_EQ(install(altered).status, 403);
  EXPECT_EQ(install("no package").status, 400);
  // Signed and whole, but it does not start: the library says 9.0.0.
  const auto failed = install(package("9.0.1", key_));
  EXPECT_EQ(failed.status, 409) << failed.body;
  EXPECT_EQ(version(), before);
  // The one that did not start is reaped a moment later.
  EXPECT_TRUE(wait_until([&] { return site_.plugin_pids() == pids; }));
  EXPECT_FALSE(fs::exists(installed() / "9.0.0"));
  EXPECT_FALSE(fs::exists(installed() / "9.0.1"));
  EXPECT_FALSE(fs::exists(installed() / "current"));
}

}  // namespace
}  // namespace xiaogate::test
