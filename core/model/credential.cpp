#include "model/credential.h"

namespace xiaogate {

std::string_view to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::ed25519:
      return "ed25519";
    case Algorithm::es256:
      return "es256";
    case Algorithm::sm2:
      return "sm2";
  }
  return "unknown";
}

std::string_view to_string(CredentialStatus status) {
  switch (status) {
    case CredentialStatus::active:
      return "active";
    case CredentialStatus::suspended:
      return "suspended";
    case CredentialStatus::revoked:
      return "revoked";
  }
  return "revoked";
}

std::optional<CredentialStatus> parse_credential_status(std::string_view text) {
  for (const auto status :
       {CredentialStatus::active, CredentialStatus::suspended, CredentialStatus::revoked}) {
    if (text == to_string(status)) return status;
  }
  return std::nullopt;
}

}  // namespace xiaogate
