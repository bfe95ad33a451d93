// A hub in memory: keeps reports, acknowledges them, signs and serves a credential feed.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cose/key.h"
#include "model/credential.h"
#include "model/json.h"
#include "model/record.h"
#include "site/trust.h"

namespace xiaogate::simulation {

class SimHub {
 public:
  SimHub(std::string region, cose::PrivateKey feed_key);

  site::TrustedKey feed_key() const { return {kid_, key_.public_key()}; }

  // Changes the register and returns the signed batch that says so.
  std::string change(const FeedChange& change, std::string_view op);
  // The signed pages that answer a pull.
  std::vector<std::string> pages(const std::string& pull);
  // Takes a report in. The acknowledgement, or what is wrong with the report.
  Result<std::string> report(const std::vector<Record>& records);

  const std::map<std::uint64_t, Record>& records() const { return records_; }
  const std::map<CredentialId, CachedCredential>& credentials() const { return register_; }

 private:
  std::string sign(const Json& payload) const;

  std::string region_;
  cose::PrivateKey key_;
  KeyId kid_;
  std::uint64_t seq_ = 0;
  Digest hash_{};
  std::vector<Json> batches_;
  std::map<CredentialId, CachedCredential> register_;
  std::map<std::uint64_t, Record> records_;
  std::uint64_t through_ = 0;
};

}  // namespace xiaogate::simulation
