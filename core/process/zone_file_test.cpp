#include "process/zone_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xiaogate::process {
namespace {

using testing::HasSubstr;

TEST(ZoneFile, IsReadBelowItsDirectoryOnly) {
  const std::filesystem::path directory = testing::TempDir() + "zone_file_test";
  std::filesystem::create_directories(directory / "Asia");
  std::ofstream(directory / "Asia" / "Shanghai") << "TZif";
  std::ofstream(testing::TempDir() + "outside") << "TZif";
  EXPECT_EQ(read_zone_file_in(directory, "Asia/Shanghai").value(), "TZif");
  for (const char* name : {"", "../outside", "/etc/passwd", "Asia/Shang hai", "Asia/."}) {
    const auto file = read_zone_file_in(directory, name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().code, "zone.unknown");
    EXPECT_THAT(file.error().text, HasSubstr("is no name of a time zone")) << name;
  }
  EXPECT_THAT(read_zone_file_in(directory, "Asia/Atlantis").error().text,
              HasSubstr("check its name, or install tzdata"));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace xiaogate::process
