#include "tests/simulation/sim_hub.h"

#include "cose/digest.h"
#include "cose/sign1.h"
#include "site/chain.h"
#include "site/feed_change.h"

namespace xiaogate::simulation {
namespace {

constexpr std::size_t kChangesInPage = 3;  // small, so that pulls take several pages

}  // namespace

SimHub::SimHub(std::string region, cose::PrivateKey feed_key)
    : region_(std::move(region)),
      key_(std::move(feed_key)),
      kid_(*KeyId::from_text("fe00000000000001")) {}

std::string SimHub::sign(const Json& payload) const {
  const std::string text = canonical(payload);
  const auto envelope = cose::sign1(key_, kid_, as_bytes(text));
  return std::string(as_text(*envelope));
}

std::string SimHub::change(const FeedChange& change, std::string_view op) {
  auto& row = register_[change.id];
  if (change.credential) row.credential = change.credential;
  if (row.status != CredentialStatus::revoked) row.status = change.status;
  const Json changes = Json::array({site::feed_change_json(change, op)});
  const Json batch{
      {"region", region_}, {"seq", ++seq_}, {"prev", to_hex(hash_)}, {"changes", changes}};
  hash_ = cose::sha256({as_bytes(canonical(batch))});
  batches_.push_back(batch);
  return sign(batch);
}

std::vector<std::string> SimHub::pages(const std::string& pull) {
  const auto from = (*parse_json(pull))["from"].get<std::uint64_t>();
  std::vector<Json> pages{Json::array()};
  for (std::size_t i = from; i < batches_.size(); ++i) {
    if (pages.back().size() == kChangesInPage) pages.push_back(Json::array());
    for (const auto& change : batches_[i]["changes"]) pages.back().push_back(change);
  }
  std::vector<std::string> signed_pages;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    signed_pages.push_back(sign({{"region", region_},
                                 {"upto", seq_},
                                 {"hash", to_hex(hash_)},
                                 {"index", i},
                                 {"of", pages.size()},
                                 {"changes", pages[i]}}));
  }
  return signed_pages;
}

Result<std::string> SimHub::report(const std::vector<Record>& records) {
  for (const Record& record : records) {
    const auto [known, added] = records_.emplace(record.seq, record);
    if (!added && known->second != record) {
      return failure("hub.conflict",
                     "two different records " + std::to_string(record.seq) + " were reported");
    }
  }
  while (records_.contains(through_ + 1)) {
    const Digest before = through_ == 0 ? Digest{} : records_.at(through_).hash;
    if (auto fits = site::check_link(through_, before, records_.at(through_ + 1)); !fits) {
      return std::unexpected(fits.error());
    }
    ++through_;
  }
  return canonical({{"through", through_}});
}

}  // namespace xiaogate::simulation
