// Disk space put aside for the day when there is none left.
#pragma once

#include <cstdint>
#include <filesystem>

#include "model/result.h"

namespace xiaogate::store {

// A preallocated file beside a database. Lives on the store's thread.
class Reserve {
 public:
  // Nothing is touched yet. `size` in octets; 0 means that there is never a reserve.
  Reserve(std::filesystem::path path, std::uint64_t size);

  // Whether the whole space is put aside now.
  bool is_held() const { return held_; }
  // Puts it aside when it is not, and only if as much again stays free, so that the reserve never
  // fills a disk by itself. Errors: "store.full", "store.io".
  Result<void> hold();
  // Gives the space back to the disk. Returns whether there was any to give.
  bool release();

 private:
  std::filesystem::path path_;
  std::uint64_t size_;
  bool held_ = false;
};

}  // namespace xiaogate::store
