// Whose signatures the gateway believes, and for what.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "access/decide.h"
#include "model/json.h"

namespace xiaogate::site {

struct TrustedKey {
  KeyId kid;
  PublicKey key;
};

struct TrustedVendor {
  PublicKey key;
  std::string name;
};

struct TrustList {
  access::TrustedIssuers issuers;          // sign credentials
  std::optional<TrustedKey> feed;          // signs feed batches and pages
  std::map<KeyId, TrustedVendor> vendors;  // sign plugin packages
};

// {"issuers": [{"kid": "<16 hex>", "key": "<COSE_Key in hex>"}, ...], "feed": {"kid", "key"},
//  "vendors": [{"kid", "key", "name"}, ...]}; feed and vendors may be absent
// Error "trust.invalid": every fault, one a line, each beginning with `source` and a JSON pointer.
Result<TrustList> parse_trust_list(std::string_view text, const std::string& source);

}  // namespace xiaogate::site
