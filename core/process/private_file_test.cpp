#include "process/private_file.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace xiaogate::process {
namespace {

class PrivateFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "private-file-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
};

TEST_F(PrivateFile, IsForItsOwnerAlone) {
  const auto path = directory_ / "key.pem";
  ASSERT_TRUE(write_private_file(path, "secret\n", IfThere::refuse));
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(read_file(path, 100).value(), "secret\n");
}

TEST_F(PrivateFile, RefusesOrReplacesWhatIsThere) {
  const auto path = directory_ / "key.pem";
  ASSERT_TRUE(write_private_file(path, "first", IfThere::refuse));
  const auto refused = write_private_file(path, "second", IfThere::refuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "file.conflict");
  EXPECT_EQ(read_file(path, 100).value(), "first");
  ASSERT_TRUE(write_private_file(path, "second", IfThere::replace));
  EXPECT_EQ(read_file(path, 100).value(), "second");
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".new"));
}

TEST_F(PrivateFile, TellsWhatIsWrong) {
  EXPECT_EQ(read_file(directory_ / "none", 100).error().code, "file.missing");
  EXPECT_EQ(write_private_file(directory_ / "no" / "key", "x", IfThere::refuse).error().code,
            "file.missing");
  ASSERT_TRUE(write_private_file(directory_ / "long", "12345", IfThere::refuse));
  EXPECT_EQ(read_file(directory_ / "long", 4).error().code, "file.too_large");
  EXPECT_TRUE(read_file(directory_ / "long", 5));
}

}  // namespace
}  // namespace xiaogate::process
