// Packing a plugin's folder: the other end of host/package.h.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cose/key.h"
#include "model/bytes.h"
#include "model/id.h"
#include "model/json.h"
#include "model/result.h"

namespace xiaogate::kit {

// The id under which a key stands in trust lists: the first 8 octets of the SHA-256 of its
// COSE_Key.
KeyId key_id(const PublicKey& key);

// {"kid", "key", "name"}: an entry of the trust list's "vendors".
Json vendor_entry(const PublicKey& key, const std::string& name);

struct Packed {
  Bytes octets;
  std::string name;  // of the plugin
  std::string version;
  std::vector<std::string> files;
  std::vector<std::string> left_out;  // folders and files that begin with '.'
};

// Packs the files of `folder`; folders in it, such as recordings, stay out.
// Errors: "package.invalid" (every fault, one a line), "plugin.invalid", "plugin.missing" (the
// manifest, or the library that it names), "key.sign", "file.io".
Result<Packed> pack(const std::filesystem::path& folder, const cose::PrivateKey& key);

}  // namespace xiaogate::kit
