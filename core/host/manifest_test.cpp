#include "host/manifest.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace xiaogate::host {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Manifest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("xiaogate-manifest-" + std::to_string(getpid()));
    fs::create_directory(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<PluginManifest> load(const std::string& text) {
    std::ofstream(folder_ / "manifest.json") << text;
    return load_manifest(folder_);
  }

  static Json good() {
    return {{"name", "relay"},
            {"version", "1.2.3"},
            {"abi", 1},
            {"vendor", "somebody"},
            {"interfaces", {{"gate", {"door"}}}},
            {"topics", {{"subscribe", {"{prefix}/#"}}, {"publish", {"{prefix}/set"}}}},
            {"options",
             {{"type", "object"},
              {"required", {"prefix"}},
              {"additionalProperties", false},
              {"properties",
               {{"prefix", {{"type", "string"}}},
                {"pulse", {{"type", "integer"}, {"minimum", 1}, {"default", 5}}}}}}}};
  }

  fs::path folder_;
};

TEST_F(Manifest, IsReadWhole) {
  const auto manifest = load(good().dump());
  ASSERT_TRUE(manifest.has_value()) << manifest.error().text;
  EXPECT_EQ(manifest->name, "relay");
  EXPECT_EQ(manifest->version, "1.2.3");
  EXPECT_EQ(manifest->vendor, "somebody");
  EXPECT_EQ(manifest->abi, 1U);
  EXPECT_EQ(manifest->interfaces, (OfferedInterfaces{{"gate", {"door"}}}));
  EXPECT_EQ(manifest->subscribe, std::vector<std::string>{"{prefix}/#"});
  EXPECT_EQ(manifest->publish, std::vector<std::string>{"{prefix}/set"});
  EXPECT_EQ(manifest->library, (folder_ / "libxiaogate_relay.so").string());
}

TEST_F(Manifest, TellsAllFaultsAtOnce) {
  auto json = good();
  json["name"] = "Not A Name";
  json["abi"] = 2;
  json["colour"] = "red";
  json["library"] = "../elsewhere.so";
  json["topics"]["publish"] = {"a/#"};
  json["options"] = {{"type", "array"}};
  json.erase("vendor");
  const auto manifest = load(json.dump());
  ASSERT_FALSE(manifest.has_value());
  EXPECT_EQ(manifest.error().code, "plugin.invalid");
  for (const char* pointer : {"/name:", "/abi:", "/colour:", "/library:", "/topics/publish/0:",
                              "/options:", "/vendor:"}) {
    EXPECT_THAT(manifest.error().text, HasSubstr(pointer));
  }
}

TEST_F(Manifest, MissingOrUnreadable) {
  EXPECT_EQ(load_manifest(folder_ / "nowhere").error().code, "plugin.missing");
  EXPECT_EQ(load("{").error().code, "plugin.invalid");
  EXPECT_EQ(load("[]").error().code, "plugin.invalid");
  EXPECT_EQ(load(std::string(300 * 1024, ' ')).error().code, "plugin.invalid");
}

TEST_F(Manifest, ASchemaThatIsNoneIsAFault) {
  auto json = good();
  json["options"]["properties"]["prefix"] = {{"type", "strung"}};
  const auto manifest = load(json.dump());
  ASSERT_FALSE(manifest.has_value());
  EXPECT_THAT(manifest.error().text, HasSubstr("/options: is no JSON Schema"));
}

TEST_F(Manifest, OptionsAreCompletedByTheDefaults) {
  const auto manifest = load(good().dump()).value();
  const auto options = check_options(manifest, {{"prefix", "p"}});
  ASSERT_TRUE(options.has_value()) << options.error().text;
  EXPECT_EQ(*options, Json({{"prefix", "p"}, {"pulse", 5}}));
  EXPECT_EQ(check_options(manifest, {{"prefix", "p"}, {"pulse", 9}})->at("pulse"), 9);
}

TEST_F(Manifest, EveryFaultOfOptionsHasItsPointer) {
  const auto manifest = load(good().dump()).value();
  const auto options = check_options(manifest, {{"prefix", 1}, {"pulse", 0}, {"puls", 3}});
  ASSERT_FALSE(options.has_value());
  EXPECT_EQ(options.error().code, "config.invalid");
  EXPECT_THAT(options.error().text, HasSubstr("/prefix: "));
  EXPECT_THAT(options.error().text, HasSubstr("/pulse: "));
  EXPECT_THAT(options.error().text, HasSubstr("puls"));
  EXPECT_FALSE(check_options(manifest, Json::object()).has_value());
  EXPECT_FALSE(check_options(manifest, Json::array()).has_value());
}

}  // namespace
}  // namespace xiaogate::host
