// Riders of a benchmark: credentials in the gateway's cache, and fresh codes as their phones sign
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cose/key.h"
#include "model/credential.h"

namespace xiaogate::bench {

class Riders {
 public:
  // As many riders whose keys are at hand.
  explicit Riders(std::size_t count);

  // Makes the credential cache of a gateway's data directory with these riders among `total`
  // credentials; all others have keys that nobody holds. Throws std::runtime_error.
  void fill_cache(const std::filesystem::path& directory, std::size_t total) const;

  // `count` codes that were never given out before, good for the next minutes, of riders in random
  // order of their ids.
  std::vector<std::string> codes(std::size_t count);

 private:
  struct Rider {
    cose::PrivateKey key;
    CredentialId id;
  };

  std::vector<Rider> riders_;
  std::size_t next_ = 0;
  std::int64_t issued_at_ = 0;  // of the round that next_ is in, Unix seconds
};

}  // namespace xiaogate::bench
