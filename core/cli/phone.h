// The demo phone: a device key and the credential that the hub issued for it, in one file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cose/key.h"
#include "model/id.h"
#include "model/result.h"
#include "model/time.h"

namespace xiaogate::cli {

struct Phone {
  cose::PrivateKey key;
  CredentialId id;
  Bytes issued;  // the credential as the issuer signed it

  // {"key": PEM, "credential": id, "issued": hex}. Errors: "phone.invalid", those of files.
  static Result<Phone> load(const std::filesystem::path& path);
  // As a new file of mode 0600. Error "file.conflict" when there is one.
  Result<void> save(const std::filesystem::path& path) const;

  // What it shows at `now`; `full`: self-contained. Errors: those of make_rider_code().
  Result<std::string> code(WallTime now, bool full) const;
};

}  // namespace xiaogate::cli
