#include "host/package.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

#include "cose/cbor.h"
#include "cose/digest.h"
#include "cose/sign1.h"
#include "host/manifest.h"
#include "host/package_file.h"
#include "model/id.h"

namespace xiaogate::host {
namespace {

namespace fs = std::filesystem;

// The first member of what is signed: a vendor's signature counts for this and nothing else.
constexpr std::string_view kType = "xiaogate plugin package 1";
constexpr std::size_t kMaxFileName = 64;
constexpr std::size_t kMaxVersion = 32;
constexpr std::uint64_t kMembers = 5;

bool is_plain(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

std::unexpected<Error> invalid(const std::string& what) {
  return failure("package.invalid", what + "; pack the plugin again with 'xiaogate plugin pack'");
}

void read_files(cose::Reader& in, DigestList& list) {
  const std::uint64_t count = in.array();
  if (count == 0 || count > kMaxPackageFiles) in.reject("not 1 to 32 files", in.offset());
  for (std::uint64_t i = 0; i < count && in.good(); ++i) {
    const std::size_t at = in.offset();
    if (in.array() != 3) in.reject("a file is not [name, size, digest]", at);
    PackedFile file;
    file.name = in.text();
    file.size = in.unsigned_integer();
    const ByteView digest = in.bytes();
    if (!in.good()) return;
    if (!is_package_file_name(file.name)) in.reject("a file's name that is not plain", at);
    if (file.size > kMaxPackageFile) in.reject("a file larger than 16 MiB", at);
    if (digest.size() != file.digest.size()) return in.reject("a digest not of 32 octets", at);
    std::ranges::copy(digest, file.digest.begin());
    if (!list.files.empty() && file.name <= list.files.back().name) {
      in.reject("files not in order of their names", at);
    }
    list.files.push_back(std::move(file));
  }
}

// Whether the envelope is believed; the name of its signer.
Result<std::string> believe(const cose::Sign1& message, const PackageTrust& trust) {
  const auto vendor = trust.vendors.find(message.kid);
  if (vendor != trust.vendors.end() &&
      cose::check(message, vendor->second.key) == cose::Trust::good) {
    return vendor->second.name;
  }
  if (trust.development) return std::string();
  if (vendor == trust.vendors.end()) {
    return failure("package.untrusted",
                   "the package is signed by key " + message.kid.text() +
                       ", which is not among the trust list's vendors; add the vendor's entry, or "
                       "allow development_plugins in the site configuration");
  }
  return failure("package.altered", "the signature by " + vendor->second.name +
                                        " is not right: the package was changed after it was "
                                        "signed; ask the vendor for it again");
}

Result<void> check_digest(const PackedFile& file, ByteView octets) {
  if (octets.size() == file.size && cose::sha256({octets}) == file.digest) return {};
  return failure("package.altered", file.name +
                                        " is not the file that was signed; get the package "
                                        "again from its vendor");
}

// What the manifest says against what is signed.
Result<void> check_manifest(const PluginManifest& manifest, const DigestList& list) {
  std::string faults;
  const auto fault = [&](const std::string& what) {
    faults += (faults.empty() ? "" : "\n") + what;
  };
  if (manifest.name != list.name) fault("/name: the manifest says " + manifest.name);
  if (manifest.version != list.version) fault("/version: the manifest says " + manifest.version);
  if (manifest.abi != list.abi) fault("/abi: the manifest says " + std::to_string(manifest.abi));
  const std::string library = fs::path(manifest.library).filename().string();
  if (std::ranges::none_of(list.files, [&](const auto& file) { return file.name == library; })) {
    fault("/library: " + library + " is not in the package");
  }
  if (faults.empty()) return {};
  return failure("package.invalid", std::move(faults));
}

}  // namespace

bool is_package_file_name(std::string_view name) {
  return is_plain(name, kMaxFileName);
}

bool is_package_version(std::string_view version) {
  return is_plain(version, kMaxVersion);
}

Bytes encode_digest_list(const DigestList& list) {
  cose::Writer out;
  out.array(kMembers).text(kType).text(list.name).text(list.version).unsigned_integer(list.abi);
  out.array(list.files.size());
  for (const auto& file : list.files) {
    out.array(3).text(file.name).unsigned_integer(file.size).bytes(file.digest);
  }
  return std::move(out).octets();
}

Result<DigestList> decode_digest_list(ByteView octets) {
  cose::Reader in(octets);
  DigestList list;
  if (in.array() != kMembers) in.reject("not an array of 5", 0);
  std::size_t at = in.offset();
  if (in.text() != kType) in.reject("not the digest list of a plugin package, version 1", at);
  at = in.offset();
  list.name = in.text();
  if (!is_name(list.name)) in.reject("not a plugin's name", at);
  at = in.offset();
  list.version = in.text();
  if (!is_package_version(list.version)) in.reject("not a version", at);
  at = in.offset();
  const std::uint64_t abi = in.unsigned_integer();
  if (abi > UINT32_MAX) in.reject("not an ABI version", at);
  list.abi = static_cast<std::uint32_t>(abi);
  read_files(in, list);
  if (const auto fault = in.finish()) return invalid("the digest list is wrong: " + fault->text());
  return list;
}

Result<Package> open_package(ByteView octets, const PackageTrust& trust) {
  if (octets.size() > kMaxPackage) return invalid("the package is larger than 24 MiB");
  cose::Reader in(octets);
  if (in.array() != 2) in.reject("not an array of 2", 0);
  Package package;
  package.envelope = in.item();
  const std::uint64_t count = in.array();
  for (std::uint64_t i = 0; i < count && in.good(); ++i) package.contents.push_back(in.bytes());
  if (const auto fault = in.finish()) return invalid("this is not a package: " + fault->text());
  const auto message = cose::parse_sign1(package.envelope, kMaxDigestList);
  if (!message) return invalid("its signature cannot be read: " + message.error().text);
  auto vendor = believe(*message, trust);
  if (!vendor) return std::unexpected(vendor.error());
  auto list = decode_digest_list(message->payload);
  if (!list) return std::unexpected(list.error());
  if (list->files.size() != package.contents.size()) {
    return failure("package.altered",
                   "the package holds " + std::to_string(package.contents.size()) +
                       " files, signed are " + std::to_string(list->files.size()));
  }
  for (std::size_t i = 0; i < list->files.size(); ++i) {
    auto right = check_digest(list->files[i], package.contents[i]);
    if (!right) return std::unexpected(right.error());
  }
  package.signer = message->kid;
  package.vendor = std::move(*vendor);
  package.list = std::move(*list);
  return package;
}

Result<PluginManifest> unpack(const Package& package, const fs::path& folder) {
  std::error_code error;
  if (!fs::create_directory(folder, error)) {
    if (!error) return failure("file.conflict", folder.string() + " is there already");
    return failure("file.io", folder.string() + ": " + error.message());
  }
  for (std::size_t i = 0; i < package.contents.size(); ++i) {
    const auto written =
        write_package_file(folder / package.list.files[i].name, package.contents[i]);
    if (!written) return std::unexpected(written.error());
  }
  const auto written = write_package_file(folder / kSignatureFile, package.envelope);
  if (!written) return std::unexpected(written.error());
  auto manifest = load_manifest(folder);
  if (!manifest) return failure("package.invalid", manifest.error().text);
  auto right = check_manifest(*manifest, package.list);
  if (!right) return std::unexpected(right.error());
  return manifest;
}

Result<void> verify_installed(const fs::path& folder, const PackageTrust& trust) {
  const auto envelope = read_package_file(folder / kSignatureFile, kMaxDigestList);
  if (!envelope) return std::unexpected(envelope.error());
  const auto message = cose::parse_sign1(*envelope, kMaxDigestList);
  if (!message) return invalid("its signature cannot be read: " + message.error().text);
  const auto vendor = believe(*message, trust);
  if (!vendor) return std::unexpected(vendor.error());
  const auto list = decode_digest_list(message->payload);
  if (!list) return std::unexpected(list.error());
  std::set<std::string> expected{kSignatureFile};
  for (const auto& file : list->files) {
    expected.insert(file.name);
    const auto octets = read_package_file(folder / file.name, kMaxPackageFile);
    if (!octets) return std::unexpected(octets.error());
    if (auto right = check_digest(file, *octets); !right) return right;
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (expected.contains(entry.path().filename().string())) continue;
    return failure("package.altered", entry.path().string() + " does not belong to the package");
  }
  return {};
}

}  // namespace xiaogate::host
