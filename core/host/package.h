// Signed plugin packages (.xgp): docs/plugin-package.md is the specification.
//
// A package is one CBOR item: [COSE_Sign1 over the digest list, [octets of each file]]. Nothing of
// it is looked at before its signature has been verified, and no file before its digest. Reading is
// pure and may be done on any thread; functions that name a folder touch nothing outside it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cose/key.h"
#include "model/bytes.h"
#include "model/id.h"
#include "model/plugin.h"
#include "model/record.h"
#include "model/result.h"

namespace xiaogate::host {

inline constexpr std::size_t kMaxPackage = std::size_t{24} << 20U;      // octets
inline constexpr std::size_t kMaxPackageFile = std::size_t{16} << 20U;  // of one file
inline constexpr std::size_t kMaxPackageFiles = 32;
inline constexpr std::size_t kMaxDigestList = std::size_t{16} * 1024;
// In an installed folder: the COSE_Sign1, so that every start verifies again.
inline constexpr const char* kSignatureFile = ".signature";

// Who may sign plugins, from the trust list.
struct Vendor {
  PublicKey key;
  std::string name;
};
using Vendors = std::map<KeyId, Vendor>;

// Whose packages are taken.
struct PackageTrust {
  Vendors vendors;
  // Also packages that are not signed by one of them (site configuration: development_plugins). The
  // digests must be right even then.
  bool development = false;
};

struct PackedFile {
  std::string name;  // is_package_file_name()
  std::uint64_t size = 0;
  Digest digest;
};

// What is signed.
struct DigestList {
  std::string name;     // of the plugin
  std::string version;  // is_package_version()
  std::uint32_t abi = 0;
  std::vector<PackedFile> files;  // in order of their names, each once
};

// 1 to 64 of letters, digits, '.', '-' and '_', not beginning with '.': never a path.
bool is_package_file_name(std::string_view name);
// 1 to 32 of the same.
bool is_package_version(std::string_view version);

// CBOR. REQUIRES: the list keeps to the above.
Bytes encode_digest_list(const DigestList& list);
// Error "package.invalid": what, and at which offset.
Result<DigestList> decode_digest_list(ByteView octets);

// A package that was believed. Views borrow from the octets given to open_package().
struct Package {
  KeyId signer;
  std::string vendor;  // the trust list's name of the signer; empty: development
  DigestList list;
  ByteView envelope;               // the COSE_Sign1
  std::vector<ByteView> contents;  // of list.files, in their order
};

// Errors: "package.untrusted" (nobody of the trust list signed it), "package.altered" (signed, but
// changed since), "package.invalid" (not a package). Each says what to do.
Result<Package> open_package(ByteView octets, const PackageTrust& trust);

// Writes the package's files and its signature into `folder`, which it makes, and returns the
// manifest. Files are on stable storage afterwards; after an error the folder may hold some of
// them. Errors: "package.invalid" (the manifest is faulty, or does not say what is signed; every
// fault, one a line), "file.conflict" (the folder is there), "file.io".
Result<PluginManifest> unpack(const Package& package, const std::filesystem::path& folder);

// Whether an installed folder still is what was signed: the signature, every digest, and no file
// besides. Errors as of open_package().
Result<void> verify_installed(const std::filesystem::path& folder, const PackageTrust& trust);

}  // namespace xiaogate::host
