// A folder for a moment.
#pragma once

#include <filesystem>

namespace xiaogate::cli {

// A folder of its own below the system's folder for such, removed with the object. path() is empty
// when none could be made: what is then made in it fails with its own error.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace xiaogate::cli
