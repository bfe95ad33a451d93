// The rider-code vectors made with another language's libraries: each case is a test of its own,
// decided by a gateway that has used no code yet. The file is the one that XIAOGATE_RIDER_VECTORS
// names, else ../shared/vectors/rider-codes.json. A file that is missing or holds no case fails.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "access/claims.h"
#include "access/decide.h"
#include "model/json.h"

namespace xiaogate::access {
namespace {

class Cache : public CredentialSource {
 public:
  std::optional<CachedCredential> find(const CredentialId& id) override {
    const auto found = held_.find(id);
    if (found == held_.end()) return std::nullopt;
    return found->second;
  }
  void put(const CredentialId& id, CachedCredential cached) { held_[id] = std::move(cached); }

 private:
  std::map<CredentialId, CachedCredential> held_;
};

struct Case {
  std::string name;
  std::string code;
  std::string verdict;
};

struct Vectors {
  WallTime now;
  AccessPoint point;
  AccessPolicy policy;
  TrustedIssuers issuers;
  Cache cache;
  std::vector<Case> cases;
};

PublicKey read_key(const Json& json) {
  return cose::decode_public_key(from_hex(json.at("key").get<std::string>()).value()).value();
}

std::pair<CredentialId, CachedCredential> read_cached(const Json& json) {
  const auto id = CredentialId::from_text(json.at("id").get<std::string>()).value();
  const Credential credential{id,
                              json.at("sub").get<std::string>(),
                              read_key(json),
                              from_unix_seconds(json.at("nbf").get<std::uint64_t>()),
                              from_unix_seconds(json.at("exp").get<std::uint64_t>()),
                              json.at("scope").get<std::string>()};
  return {id, {parse_credential_status(json.at("status").get<std::string>()).value(), credential}};
}

Vectors read_vectors(const Json& json) {
  Vectors vectors;
  vectors.now = from_unix_seconds(json.at("now").get<std::uint64_t>());
  vectors.policy.freshness = std::chrono::seconds(json.at("freshness_s").get<std::int64_t>());
  vectors.point.id = json.at("access_point").get<std::string>();
  for (const Json& issuer : json.at("issuers")) {
    vectors.issuers[KeyId::from_text(issuer.at("kid").get<std::string>()).value()] =
        read_key(issuer);
  }
  for (const Json& credential : json.at("credentials")) {
    auto [id, cached] = read_cached(credential);
    vectors.cache.put(id, std::move(cached));
  }
  for (const Json& one : json.at("cases")) {
    vectors.cases.push_back({one.at("name").get<std::string>(), one.at("code").get<std::string>(),
                             one.at("verdict").get<std::string>()});
  }
  return vectors;
}

class RiderVector : public testing::Test {
 public:
  RiderVector(std::shared_ptr<Vectors> vectors, Case one)
      : vectors_(std::move(vectors)), case_(std::move(one)) {}

  void TestBody() override {
    ASSERT_TRUE(parse_verdict(case_.verdict).has_value()) << "no verdict: " << case_.verdict;
    const UsedCodes used;
    const Context context{vectors_->point, vectors_->policy, vectors_->issuers, used,
                          vectors_->cache, vectors_->now};
    const Decision decision = decide(case_.code, context);
    EXPECT_EQ(to_string(decision.verdict), case_.verdict) << decision.detail;
  }

 private:
  std::shared_ptr<Vectors> vectors_;
  Case case_;
};

class VectorFile : public testing::Test {
 public:
  explicit VectorFile(std::string fault) : fault_(std::move(fault)) {}
  void TestBody() override { EXPECT_EQ(fault_, ""); }

 private:
  std::string fault_;
};

std::string file_name() {
  const char* named = std::getenv("XIAOGATE_RIDER_VECTORS");
  return named != nullptr && *named != '\0' ? named : "../shared/vectors/rider-codes.json";
}

// Registers a test of every case. Returns what is wrong with the file, or nothing.
std::string register_cases(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return "cannot read " + file + ": set XIAOGATE_RIDER_VECTORS to the vectors' file";
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto json = parse_json(text);
  if (!json) return file + ": " + json.error().text;
  std::shared_ptr<Vectors> vectors;
  try {
    vectors = std::make_shared<Vectors>(read_vectors(*json));
  } catch (const std::exception& error) {
    return file + ": " + error.what();
  }
  if (vectors->cases.empty()) return file + ": holds no case";
  for (const Case& one : vectors->cases) {
    testing::RegisterTest(
        "RiderVector", one.name.c_str(), nullptr, nullptr, file.c_str(), 1,
        [vectors, one]() -> RiderVector* { return new RiderVector(vectors, one); });
  }
  return "";
}

}  // namespace
}  // namespace xiaogate::access

int main(int argc, char** argv) {
  using namespace xiaogate::access;
  testing::InitGoogleTest(&argc, argv);
  const std::string fault = register_cases(file_name());
  testing::RegisterTest("VectorFile", "HoldsCases", nullptr, nullptr, __FILE__, __LINE__,
                        [fault]() -> VectorFile* { return new VectorFile(fault); });
  return RUN_ALL_TESTS();
}
