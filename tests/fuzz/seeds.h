// The fixed rider, issuer and moment that the fuzz targets and their corpus share. Ed25519 signs
// deterministically, so the valid codes are the same in every run and a target knows them all.
#pragma once

#include <string>
#include <vector>

#include "cose/key.h"
#include "model/credential.h"
#include "model/id.h"

namespace xiaogate::fuzz {

struct Seeds {
  WallTime now;
  CredentialId id;
  KeyId issuer_id;
  cose::PrivateKey device;
  cose::PrivateKey issuer;
  Credential credential;
  Bytes issued;                    // the credential as the issuer signed it
  std::vector<std::string> codes;  // every valid code there is: both forms, some iat each
};

// Made once.
const Seeds& seeds();

}  // namespace xiaogate::fuzz
