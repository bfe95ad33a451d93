#include "cli/phone.h"

#include <utility>

#include "access/rider_code.h"
#include "model/json.h"
#include "process/private_file.h"

namespace xiaogate::cli {
namespace {

constexpr std::size_t kMaxFile = 64 * 1024;

std::unexpected<Error> invalid(const std::filesystem::path& path, const std::string& what) {
  return failure("phone.invalid", path.string() + " is no phone made by rider add: " + what);
}

}  // namespace

Result<Phone> Phone::load(const std::filesystem::path& path) {
  const auto text = process::read_file(path, kMaxFile);
  if (!text) return std::unexpected(text.error());
  const auto json = parse_json(*text);
  if (!json) return invalid(path, json.error().text);
  std::vector<std::string> faults;
  JsonReader in(*json, "", faults);
  const std::string pem = in.text("key");
  const auto id = CredentialId::from_text(in.text("credential"));
  auto issued = from_hex(in.text("issued"));
  if (!faults.empty()) return invalid(path, faults.front());
  if (!id || !issued) return invalid(path, "credential or issued is not hexadecimal");
  auto key = cose::PrivateKey::from_pem(pem);
  if (!key) return invalid(path, key.error().text);
  return Phone{std::move(*key), *id, std::move(*issued)};
}

Result<void> Phone::save(const std::filesystem::path& path) const {
  const Json json{{"key", key.pem()}, {"credential", id.text()}, {"issued", to_hex(issued)}};
  return process::write_private_file(path, json.dump(2) + "\n", process::IfThere::refuse);
}

Result<std::string> Phone::code(WallTime now, bool full) const {
  return access::make_rider_code(key, id, now,
                                 full ? std::optional<ByteView>(issued) : std::nullopt);
}

}  // namespace xiaogate::cli
