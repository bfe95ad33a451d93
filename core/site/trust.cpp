#include "site/trust.h"

#include "cose/key.h"
#include "model/faults.h"

namespace xiaogate::site {
namespace {

// `name`: filled in when the entry must have one.
std::optional<TrustedKey> read_key(const Json& json, const std::string& pointer, Faults& faults,
                                   std::string* name = nullptr) {
  JsonReader in(json, pointer, faults);
  if (name != nullptr) *name = in.text("name");
  const std::string kid_text = in.text("kid");
  const std::string key_text = in.text("key");
  in.finish();
  const auto kid = KeyId::from_text(kid_text);
  if (!kid) in.fault("kid", "must be 16 hexadecimal digits");
  const auto octets = from_hex(key_text);
  if (!octets) {
    in.fault("key", "must be a COSE_Key in hexadecimal");
    return std::nullopt;
  }
  const auto key = cose::decode_public_key(*octets);
  if (!key) in.fault("key", key.error().text);
  if (!kid || !key) return std::nullopt;
  return TrustedKey{*kid, *key};
}

}  // namespace

Result<TrustList> parse_trust_list(std::string_view text, const std::string& source) {
  const auto json = parse_json(text);
  if (!json) return failure("trust.invalid", source + ": " + json.error().text);
  Faults faults;
  JsonReader in(*json, "", faults);
  TrustList trust;
  const Json& issuers = in.array("issuers");
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    if (const auto key = read_key(issuers[i], in.at("issuers") + "/" + std::to_string(i), faults)) {
      trust.issuers.emplace(key->kid, key->key);
    }
  }
  if (const Json* feed = in.find("feed")) trust.feed = read_key(*feed, in.at("feed"), faults);
  const Json& vendors = in.array_or_empty("vendors");
  for (std::size_t i = 0; i < vendors.size(); ++i) {
    std::string name;
    const auto key =
        read_key(vendors[i], in.at("vendors") + "/" + std::to_string(i), faults, &name);
    if (key) trust.vendors.emplace(key->kid, TrustedVendor{key->key, std::move(name)});
  }
  in.finish();
  if (!faults.empty()) return failure("trust.invalid", told(faults, source));
  return trust;
}

}  // namespace xiaogate::site
