// One process a data directory.
#pragma once

#include <filesystem>

#include "model/result.h"

namespace xiaogate::store {

// Held from acquire() until it goes or the process ends, however it ends (flock on the file "lock"
// in the directory, which holds the owner's process id for the sentence that refuses the next one).
class DirectoryLock {
 public:
  // Errors: "store.locked" (names the process), "store.missing", "store.unreadable", "store.io".
  static Result<DirectoryLock> acquire(const std::filesystem::path& directory);

  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace xiaogate::store
