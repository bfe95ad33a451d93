// xiaogate plugin key, pack, verify.

#include <filesystem>
#include <system_error>

#include "cli/plugin_commands.h"
#include "cli/scratch_folder.h"
#include "host/package.h"
#include "kit/pack.h"
#include "process/exit_code.h"
#include "process/private_file.h"
#include "site/trust.h"

namespace xiaogate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPem = 16 * 1024;
constexpr std::size_t kMaxTrust = std::size_t{1} << 20U;

Result<cose::PrivateKey> read_key(const std::string& path) {
  const auto pem = process::read_file(path, kMaxPem);
  if (!pem) return std::unexpected(pem.error());
  auto key = cose::PrivateKey::from_pem(*pem);
  if (!key) return failure(key.error().code, path + ": " + key.error().text);
  return key;
}

Result<host::PackageTrust> read_trust(const std::string& path) {
  const auto text = process::read_file(path, kMaxTrust);
  if (!text) return std::unexpected(text.error());
  const auto list = site::parse_trust_list(*text, path);
  if (!list) return std::unexpected(list.error());
  host::PackageTrust trust;
  for (const auto& [kid, vendor] : list->vendors) {
    trust.vendors.emplace(kid, host::Vendor{vendor.key, vendor.name});
  }
  return trust;
}

// Opened and, since a manifest is only read from a folder, unpacked for a moment.
Result<host::Package> opened(ByteView octets, const host::PackageTrust& trust) {
  auto package = host::open_package(octets, trust);
  if (!package) return package;
  const ScratchFolder scratch;
  const auto manifest = host::unpack(*package, scratch.path() / package->list.name);
  if (!manifest) return std::unexpected(manifest.error());
  return package;
}

}  // namespace

int make_plugin_key(const Output& output, const KeyArguments& arguments) {
  auto key = cose::PrivateKey::generate(Algorithm::ed25519);
  if (!key) return output.fail(key.error());
  const auto written =
      process::write_private_file(arguments.file, key->pem(), process::IfThere::refuse);
  if (!written) return output.fail(written.error());
  const Json entry = kit::vendor_entry(key->public_key(), arguments.name);
  output.print(entry, canonical(entry));
  return process::kExitOk;
}

int pack_plugin(const Output& output, const PackArguments& arguments) {
  const auto key = read_key(arguments.key);
  if (!key) return output.fail(key.error());
  const auto packed = kit::pack(arguments.folder, *key);
  if (!packed) return output.fail(packed.error());
  const auto written = process::write_private_file(arguments.package, as_text(packed->octets),
                                                   process::IfThere::replace);
  if (!written) return output.fail(written.error());
  std::error_code ignored;  // a package is no secret
  fs::permissions(arguments.package,
                  fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read |
                      fs::perms::others_read,
                  ignored);
  std::string files;
  for (const auto& name : packed->files) files += (files.empty() ? "" : ", ") + name;
  output.print({{"plugin", packed->name},
                {"version", packed->version},
                {"package", arguments.package},
                {"files", packed->files},
                {"left_out", packed->left_out}},
               say(output.language, Text::package_made,
                   {arguments.package, packed->name, packed->version, files}));
  return process::kExitOk;
}

int verify_package(const Output& output, const VerifyArguments& arguments) {
  const auto trust = read_trust(arguments.trust);
  if (!trust) return output.fail(trust.error());
  const auto text = process::read_file(arguments.package, host::kMaxPackage);
  if (!text) return output.fail(text.error());
  const auto package = opened(as_bytes(*text), *trust);
  if (!package) return output.fail(package.error());
  Json files = Json::array();
  for (const auto& file : package->list.files) {
    files.push_back({{"name", file.name}, {"size", file.size}, {"sha256", to_hex(file.digest)}});
  }
  output.print(
      {{"plugin", package->list.name},
       {"version", package->list.version},
       {"abi", package->list.abi},
       {"vendor", package->vendor},
       {"kid", package->signer.text()},
       {"files", std::move(files)}},
      say(output.language, Text::package_good,
          {arguments.package, package->list.name, package->list.version, package->vendor}));
  return process::kExitOk;
}

}  // namespace xiaogate::cli
