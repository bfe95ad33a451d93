#include "kit/pack.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "cose/cbor.h"
#include "cose/digest.h"
#include "cose/sign1.h"
#include "host/manifest.h"
#include "host/package.h"
#include "host/package_file.h"

namespace xiaogate::kit {
namespace {

namespace fs = std::filesystem;

// Regular files by name; what stays out goes to `packed`.
Result<std::map<std::string, Bytes>> read_files(const fs::path& folder, Packed& packed,
                                                std::vector<std::string>& faults) {
  std::map<std::string, Bytes> files;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) return failure("file.io", folder.string() + ": " + error.message());
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || !entry.is_regular_file(error)) {
      packed.left_out.push_back(name);
      continue;
    }
    if (!host::is_package_file_name(name)) {
      faults.push_back(name + ": a file's name must be 1 to 64 of letters, digits, '.', '-', '_'");
      continue;
    }
    auto octets = host::read_package_file(entry.path(), host::kMaxPackageFile);
    if (octets) {
      files.emplace(name, std::move(*octets));
    } else {
      faults.push_back(name + ": is larger than 16 MiB or cannot be read; strip the library");
    }
  }
  return files;
}

void check(const PluginManifest& manifest, const std::map<std::string, Bytes>& files,
           std::vector<std::string>& faults) {
  if (!host::is_package_version(manifest.version)) {
    faults.emplace_back(
        "manifest.json: /version: must be 1 to 32 of letters, digits, '.', '-', '_'");
  }
  const std::string library = fs::path(manifest.library).filename().string();
  if (!files.contains(library)) {
    faults.push_back("manifest.json: /library: " + library +
                     " is not there; build the plugin first");
  }
  if (files.size() > host::kMaxPackageFiles) faults.emplace_back("more than 32 files");
}

}  // namespace

KeyId key_id(const PublicKey& key) {
  const Bytes encoded = cose::encode_public_key(key);
  const Digest thumbprint = cose::sha256({encoded});
  return *KeyId::from_bytes(ByteView(thumbprint).first(KeyId::kSize));
}

Json vendor_entry(const PublicKey& key, const std::string& name) {
  return {
      {"kid", key_id(key).text()}, {"key", to_hex(cose::encode_public_key(key))}, {"name", name}};
}

Result<Packed> pack(const fs::path& folder, const cose::PrivateKey& key) {
  const auto manifest = host::load_manifest(folder);
  if (!manifest) return std::unexpected(manifest.error());
  Packed packed{.octets = {},
                .name = manifest->name,
                .version = manifest->version,
                .files = {},
                .left_out = {}};
  std::vector<std::string> faults;
  const auto files = read_files(folder, packed, faults);
  if (!files) return std::unexpected(files.error());
  check(*manifest, *files, faults);
  if (!faults.empty()) {
    std::string text;
    for (const auto& fault : faults) text += (text.empty() ? "" : "\n") + fault;
    return failure("package.invalid", std::move(text));
  }
  host::DigestList list{
      .name = manifest->name, .version = manifest->version, .abi = manifest->abi, .files = {}};
  cose::Writer contents;
  contents.array(files->size());
  for (const auto& [name, octets] : *files) {
    list.files.push_back({name, octets.size(), cose::sha256({octets})});
    contents.bytes(octets);
    packed.files.push_back(name);
  }
  const auto envelope = cose::sign1(key, key_id(key.public_key()), host::encode_digest_list(list));
  if (!envelope) return std::unexpected(envelope.error());
  cose::Writer out;
  out.array(2).item(*envelope).item(contents.octets());
  packed.octets = std::move(out).octets();
  if (packed.octets.size() > host::kMaxPackage) {
    return failure("package.invalid", "the package is larger than 24 MiB; strip the library");
  }
  return packed;
}

}  // namespace xiaogate::kit
