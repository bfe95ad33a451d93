// config/schema/plugin/manifest.schema.json and the reader say the same of every manifest.
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <gmock/gmock.h>
#include <unistd.h>

#include "host/manifest.h"
#include "host/schema.h"
#include "host/thing_models.h"
#include "tests/support/change.h"

namespace xiaogate::host {
namespace {

namespace fs = std::filesystem;

Json read(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return parse_json(text.str()).value();
}

Json manifest_schema() {
  return read(fs::path(XIAOGATE_SOURCE) / "config/schema/plugin/manifest.schema.json");
}

Json good() {
  return parse_json(R"({
    "name": "relay", "version": "1.2.3", "abi": 1, "vendor": "somebody",
    "interfaces": {"gate": ["door"]},
    "topics": {"subscribe": ["{prefix}/#"], "publish": ["{prefix}/set"]},
    "options": {"type": "object", "properties": {"prefix": {"type": "string"}}}
  })")
      .value();
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("xiaogate-schema-" + std::to_string(getpid()))) {
    fs::create_directory(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  bool reads(const Json& manifest) const {
    std::ofstream(path_ / "manifest.json") << manifest.dump();
    return load_manifest(path_).has_value();
  }

 private:
  fs::path path_;
};

std::vector<test::Change> corpus() {
  const std::string long_name(33, 'n');
  return {
      {"/name", "a", true},
      {"/name", "0-relay_2", true},
      {"/name", "", false},
      {"/name", "Relay", false},
      {"/name", "-relay", false},
      {"/name", long_name, false},
      {"/name", 7, false},
      {"/name", nullptr, false},
      {"/version", "2.0.0-rc.1+5", true},
      {"/version", "", false},
      {"/version", "1 0", false},
      {"/version", ".1", false},
      {"/version", long_name, false},
      {"/version", 1, false},
      {"/version", nullptr, false},
      {"/abi", 2, false},
      {"/abi", 0, false},
      {"/abi", "1", false},
      {"/abi", nullptr, false},
      {"/vendor", "小哥", true},
      {"/vendor", "", false},
      {"/vendor", 1, false},
      {"/vendor", nullptr, false},
      {"/interfaces", {{"reader", Json::array()}}, true},
      {"/interfaces/swap_cabinet", {"smoke", "mains"}, true},
      {"/interfaces/gate", Json::array(), true},
      {"/interfaces/gate", {"door", "lock_open", "lock_open_release"}, true},
      {"/interfaces/gate", {"open"}, false},
      {"/interfaces/gate", {"fly"}, false},
      {"/interfaces/gate", {""}, false},
      {"/interfaces/gate", {7}, false},
      {"/interfaces/gate", "door", false},
      {"/interfaces/kettle", Json::array(), false},
      {"/interfaces", Json::object(), false},
      {"/interfaces", {"gate"}, false},
      {"/interfaces", nullptr, false},
      {"/topics/subscribe", Json::array(), true},
      {"/topics/publish", Json::array(), true},
      {"/topics/subscribe/0", "a/+/{device}/{x/y}/{k=v}", true},
      {"/topics/subscribe/0", "{device", false},
      {"/topics/subscribe/0", "", false},
      {"/topics/subscribe/0", 5, false},
      {"/topics/subscribe", "a", false},
      {"/topics/subscribe", nullptr, false},
      {"/topics/publish/0", "a/}/{device}", true},
      {"/topics/publish/0", "a/+/b", false},
      {"/topics/publish/0", "#", false},
      {"/topics/publish/0", "a/{b", false},
      {"/topics/publish", nullptr, false},
      {"/topics/retain", true, false},
      {"/topics", nullptr, false},
      {"/topics", Json::array(), false},
      {"/options", {{"type", "object"}}, true},
      {"/options", Json::object(), false},
      {"/options", {{"type", "array"}}, false},
      {"/options", true, false},
      {"/options", nullptr, false},
      {"/quotas", Json::object(), true},
      {"/quotas", {{"memory_mib", 16}}, true},
      {"/quotas", {{"memory_mib", 256}}, true},
      {"/quotas", {{"memory_mib", 15}}, false},
      {"/quotas", {{"memory_mib", 257}}, false},
      {"/quotas", {{"memory_mib", 32.5}}, false},
      {"/quotas", {{"processors", 2}}, false},
      {"/quotas", 64, false},
      {"/library", "librelay.so", true},
      {"/library", "", false},
      {"/library", "../librelay.so", false},
      {"/library", 1, false},
      {"/colour", "red", false},
  };
}

TEST(ManifestSchema, AgreesWithTheReader) {
  const Folder folder;
  const auto schema = Schema::compile(manifest_schema());
  ASSERT_TRUE(schema.has_value()) << schema.error().text;
  ASSERT_TRUE(folder.reads(good()));
  ASSERT_TRUE(schema->accepts(good()));
  for (const auto& change : corpus()) {
    const auto& [pointer, value, still_good] = change;
    const Json manifest = change.of(good());
    EXPECT_EQ(folder.reads(manifest), still_good) << pointer << " " << value;
    EXPECT_EQ(schema->accepts(manifest), still_good) << pointer << " " << value;
  }
}

TEST(ManifestSchema, AcceptsEveryPluginOfTheTree) {
  const auto schema = Schema::compile(manifest_schema());
  int plugins = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(XIAOGATE_SOURCE) / "plugins")) {
    if (!fs::exists(entry.path() / "manifest.json")) continue;
    ++plugins;
    EXPECT_THAT(schema->faults(read(entry.path() / "manifest.json")), testing::IsEmpty())
        << entry.path();
  }
  EXPECT_GE(plugins, 2);
}

void expect_described(const Json& schema, const std::string& at) {
  if (!schema.contains("properties")) return;
  for (const auto& [name, member] : schema["properties"].items()) {
    if (member != Json{{"const", "object"}}) {
      EXPECT_TRUE(member.contains("description")) << at << "/" << name;
    }
    expect_described(member, at + "/" + name);
  }
}

TEST(ManifestSchema, DescribesEveryMember) {
  expect_described(manifest_schema(), "");
}

TEST(ManifestSchema, ListsWhatTheThingModelsOffer) {
  const auto listed = manifest_schema()["properties"]["interfaces"]["properties"];
  EXPECT_EQ(listed.size(), thing_models().size());
  for (const auto text : thing_models()) {
    const auto model = parse_json(text).value();
    const auto title = model.at("title").get<std::string>();
    ASSERT_TRUE(listed.contains(title)) << title;
    std::vector<std::string> optional;
    for (const auto& pointer : model.value("tm:optional", Json::array())) {
      optional.push_back(Json::json_pointer(pointer.get<std::string>()).back());
    }
    EXPECT_THAT(listed[title]["items"]["enum"].get<std::vector<std::string>>(),
                testing::UnorderedElementsAreArray(optional))
        << title;
  }
}

}  // namespace
}  // namespace xiaogate::host
