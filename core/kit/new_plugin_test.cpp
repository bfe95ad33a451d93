#include "kit/new_plugin.h"

#include <fstream>

#include <gmock/gmock.h>

#include "host/manifest.h"
#include "kit/recording.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::kit {
namespace {

TEST(NewPlugin, EveryTemplateHasASoundManifestAndRecording) {
  const test::TempDir parent;
  int made = 0;
  for (const auto& file : template_files()) {
    if (!file.path.ends_with("/manifest.json")) continue;
    const std::string folder(file.path.substr(0, file.path.find('/')));
    const auto dash = folder.rfind('-');
    const NewPlugin request{.name = "try-" + std::to_string(++made),
                            .interface = folder.substr(0, dash),
                            .language = folder.substr(dash + 1),
                            .parent = parent.path()};
    const auto files = make_plugin(request);
    ASSERT_TRUE(files) << files.error().text;
    EXPECT_EQ(files->size(), 6U);
    for (const auto& path : *files) {
      std::ifstream in(path);
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      EXPECT_FALSE(text.empty()) << path;
      EXPECT_EQ(text.find("@name@"), std::string::npos) << path;
      EXPECT_EQ(text.find("@interface@"), std::string::npos) << path;
    }
    const auto manifest = host::load_manifest(parent.path() / request.name);
    ASSERT_TRUE(manifest) << manifest.error().text;
    std::vector<RecordingFault> faults;
    EXPECT_EQ(
        read_recordings(parent.path() / request.name / "recordings", *manifest, faults).size(), 1U);
    EXPECT_TRUE(faults.empty()) << faults.front().where << faults.front().what;
  }
  EXPECT_GE(made, 7);
}

TEST(NewPlugin, RefusesWhatIsWrongAllAtOnce) {
  const auto refused = make_plugin({.name = "../x", .interface = "blimp", .language = "c++"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "plugin.invalid");
  EXPECT_THAT(refused.error().text, testing::HasSubstr("../x"));
  EXPECT_THAT(refused.error().text, testing::HasSubstr("blimp"));
}

TEST(NewPlugin, NeverTouchesAFolderThatIsThere) {
  const test::TempDir parent;
  std::filesystem::create_directory(parent.path() / "mine");
  const auto refused = make_plugin({.name = "mine", .parent = parent.path()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "file.conflict");
  EXPECT_TRUE(std::filesystem::is_empty(parent.path() / "mine"));
}

}  // namespace
}  // namespace xiaogate::kit
