#pragma once

#include <filesystem>
#include <string_view>

namespace xiaogate::test {

// A directory of its own under the system's place for temporary files; removed with the object.
class TempDir {
 public:
  explicit TempDir(std::string_view prefix = "xiaogate-test");
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace xiaogate::test
