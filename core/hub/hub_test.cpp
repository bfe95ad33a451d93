// Riders, their feed, and gateways that follow it.

#include "hub/hub.h"

#include <map>

#include <sys/stat.h>

#include "cose/sign1.h"
#include "hub/hub_database.h"
#include "hub/test_hub.h"
#include "process/private_file.h"
#include "site/feed_follower.h"

namespace xiaogate::hub {
namespace {

// A gateway as far as the feed is concerned: what it asks for, and what it ends up with.
class Follower {
 public:
  Follower(const site::TrustedKey& key, FeedPosition position)
      : feed_("hz", key, std::move(position)) {}

  // Connects, and returns the pull.
  std::string connect() {
    site::Effects out;
    feed_.link_changed(out, true, MonoTime());
    return pull_in(out);
  }
  // Takes a message in; returns the pull that it caused, or "".
  std::string hear(const Publication& one) {
    site::Effects out;
    const auto done = one.topic.ends_with("/feed/page") ? feed_.page(out, one.payload, MonoTime())
                                                        : feed_.batch(out, one.payload, MonoTime());
    EXPECT_TRUE(done) << done.error().text;
    for (const auto& write : out.writes) apply(std::get<site::ApplyFeed>(write));
    return pull_in(out);
  }
  const FeedPosition& position() const { return feed_.position(); }
  const std::map<CredentialId, CachedCredential>& cache() const { return cache_; }
  CredentialStatus status(const std::string& id) const {
    return cache_.at(*CredentialId::from_text(id)).status;
  }

 private:
  static std::string pull_in(const site::Effects& out) {
    for (const auto& action : out.actions) {
      const auto& publish = std::get<site::PublishToHub>(action);
      EXPECT_EQ(publish.leaf, "feed/pull");
      return publish.payload;
    }
    return "";
  }
  void apply(const site::ApplyFeed& feed) {
    for (const FeedChange& change : feed.changes) {
      CachedCredential& row = cache_[change.id];
      if (change.credential) row.credential = change.credential;
      row.status = change.status;
    }
  }

  site::FeedFollower feed_;
  std::map<CredentialId, CachedCredential> cache_;
};

class FeedTest : public HubTest {
 protected:
  site::TrustedKey feed_key() {
    const auto text = value(process::read_file(path() / kTrustFile, 10'000));
    return *value(site::parse_trust_list(text, "trust.json")).feed;
  }
  Follower follower(FeedPosition position = {}) { return {feed_key(), std::move(position)}; }

  std::vector<Publication> all_pages() {
    std::vector<Publication> all;
    while (hub_->has_pages()) {
      for (auto& page : hub_->pages(3)) all.push_back(std::move(page));
    }
    return all;
  }
  // The hub's whole answer to a pull.
  std::vector<Publication> answer(const std::string& pull) {
    EXPECT_TRUE(say("xg/1/" + kGateway + "/feed/pull", pull).empty());
    return all_pages();
  }
  void follow(Follower& gateway, std::string pull) {
    while (!pull.empty()) {
      std::string next;
      for (const auto& page : answer(pull)) next = gateway.hear(page);
      pull = next;
    }
  }
};

TEST_F(FeedTest, ARiderReachesAConnectedGateway) {
  auto gateway = follower();
  follow(gateway, gateway.connect());
  EXPECT_EQ(gateway.position().seq, 0U);
  const std::string id = add_rider();
  ASSERT_EQ(published_.size(), 1U);
  EXPECT_EQ(published_[0].topic, "xg/1/feed/hz");
  EXPECT_EQ(gateway.hear(published_[0]), "");
  EXPECT_EQ(gateway.position().seq, 1U);
  const auto& row = gateway.cache().at(*CredentialId::from_text(id));
  ASSERT_TRUE(row.credential);
  EXPECT_EQ(row.credential->key, device_key_.public_key());
  EXPECT_EQ(row.credential->scope, "rider.gate");
  EXPECT_TRUE(row.credential->subject.starts_with("r-"));
  EXPECT_LE(row.credential->not_before, kNow);
  EXPECT_EQ(row.credential->expires, kNow + std::chrono::days(30));
}

TEST_F(FeedTest, StatusChangesFollowInOrder) {
  auto gateway = follower();
  follow(gateway, gateway.connect());
  const std::string id = add_rider();
  gateway.hear(published_.at(0));
  const std::pair<QuestionKind, CredentialStatus> steps[] = {
      {QuestionKind::suspend_rider, CredentialStatus::suspended},
      {QuestionKind::restore_rider, CredentialStatus::active},
      {QuestionKind::revoke_rider, CredentialStatus::revoked}};
  for (const auto& [kind, status] : steps) {
    EXPECT_EQ(change(kind, id).status, 200);
    ASSERT_EQ(published_.size(), 1U);
    EXPECT_EQ(gateway.hear(published_[0]), "");
    EXPECT_EQ(gateway.status(id), status);
  }
  EXPECT_EQ(gateway.position().seq, 4U);
}

TEST_F(FeedTest, RevokedIsFinalAndRepetitionsChangeNothing) {
  const std::string id = add_rider();
  EXPECT_EQ(change(QuestionKind::revoke_rider, id).status, 200);
  EXPECT_EQ(change(QuestionKind::revoke_rider, id).status, 200);
  EXPECT_TRUE(published_.empty());
  EXPECT_EQ(change(QuestionKind::restore_rider, id).status, 409);
  EXPECT_EQ(change(QuestionKind::suspend_rider, id).status, 409);
  EXPECT_TRUE(published_.empty());
  EXPECT_EQ(change(QuestionKind::revoke_rider, "00000000000000aa").status, 404);
  EXPECT_EQ(change(QuestionKind::revoke_rider, "nonsense").status, 400);
}

TEST_F(FeedTest, ANewGatewayGetsASnapshot) {
  const std::string active = add_rider();
  const std::string suspended = add_rider();
  const std::string revoked = add_rider();
  change(QuestionKind::suspend_rider, suspended);
  change(QuestionKind::revoke_rider, revoked);
  auto gateway = follower();
  follow(gateway, gateway.connect());
  EXPECT_EQ(gateway.position().seq, 5U);
  EXPECT_EQ(gateway.status(active), CredentialStatus::active);
  EXPECT_EQ(gateway.status(suspended), CredentialStatus::suspended);
  EXPECT_EQ(gateway.status(revoked), CredentialStatus::revoked);
  // And what comes next continues from there.
  change(QuestionKind::restore_rider, suspended);
  gateway.hear(published_.at(0));
  EXPECT_EQ(gateway.status(suspended), CredentialStatus::active);
  EXPECT_EQ(gateway.position().seq, 6U);
}

TEST_F(FeedTest, AGapIsFilledWithTheMissedBatches) {
  auto gateway = follower();
  const std::string id = add_rider();
  follow(gateway, gateway.connect());
  change(QuestionKind::suspend_rider, id);
  add_rider();
  change(QuestionKind::restore_rider, id);
  const std::string pull = gateway.hear(published_.at(0));
  ASSERT_NE(pull, "");
  const auto pages = answer(pull);
  ASSERT_EQ(pages.size(), 1U);
  gateway.hear(pages[0]);
  EXPECT_EQ(gateway.position().seq, 4U);
  EXPECT_EQ(gateway.status(id), CredentialStatus::active);
  EXPECT_EQ(gateway.cache().size(), 2U);
}

TEST_F(FeedTest, NothingMissingIsOneEmptyPage) {
  add_rider();
  auto gateway = follower();
  follow(gateway, gateway.connect());
  const auto pages = answer(gateway.connect());
  ASSERT_EQ(pages.size(), 1U);
  const auto envelope = value(cose::parse_sign1(as_bytes(pages[0].payload), 131072));
  const Json page = value(parse_json(as_text(envelope.payload)));
  EXPECT_EQ(page.at("upto"), 1);
  EXPECT_EQ(page.at("of"), 1);
  EXPECT_TRUE(page.at("changes").empty());
  EXPECT_EQ(page.at("hash"), to_hex(gateway.position().hash));
}

TEST_F(FeedTest, PagesStayBelowTheSizeOfAMessage) {
  const std::string key = [&] {
    const auto es256 = value(cose::PrivateKey::generate(Algorithm::sm2));
    return to_hex(cose::encode_public_key(es256.public_key()));
  }();
  std::vector<Input> inputs;
  for (int i = 0; i < 450; ++i) {
    const Json body{{"key", key},
                    {"subject", std::string(32, 's')},
                    {"scope", std::string(128, 'x')},
                    {"valid_days", 3660}};
    inputs.emplace_back(Question{QuestionKind::add_rider, with_body(canonical(body)),
                                 [](const api::Response& r) { EXPECT_EQ(r.status, 201); }});
  }
  hub_->turn(std::move(inputs), kNow);
  for (const char* from : {"0", "1"}) {
    const auto pages = answer(std::string(R"({"region":"hz","from":)") + from + "}");
    ASSERT_EQ(pages.size(), 3U);
    for (const auto& page : pages) EXPECT_LT(page.payload.size(), 110U * 1024) << from;
  }
  auto gateway = follower();
  follow(gateway, gateway.connect());
  EXPECT_EQ(gateway.cache().size(), 450U);
  EXPECT_EQ(gateway.position().seq, 450U);
}

// A gateway hears no batch while it waits for pages; what was made meanwhile must still reach it.
TEST_F(FeedTest, ChangesDuringASnapshotAreNotMissed) {
  std::string id;
  for (std::size_t i = 0; i < kPageChanges + 1; ++i) id = add_rider();
  auto gateway = follower();
  say("xg/1/" + kGateway + "/feed/pull", gateway.connect());
  for (const auto& page : hub_->pages(1)) gateway.hear(page);
  change(QuestionKind::suspend_rider, id);
  gateway.hear(published_.at(0));
  add_rider();
  gateway.hear(published_.at(0));
  std::string pull;
  for (const auto& page : all_pages()) pull = gateway.hear(page);
  ASSERT_NE(pull, "");
  follow(gateway, pull);
  EXPECT_EQ(gateway.position().seq, kPageChanges + 3);
  EXPECT_EQ(gateway.status(id), CredentialStatus::suspended);
  EXPECT_EQ(gateway.cache().size(), kPageChanges + 2);
}

TEST_F(FeedTest, ABrokerThatComesBackIsToldTheNewestBatch) {
  auto gateway = follower();
  follow(gateway, gateway.connect());
  add_rider();
  add_rider();
  std::vector<Input> inputs;
  inputs.emplace_back(BrokerLinkChanged{true, ""});
  const auto published = hub_->turn(std::move(inputs), kNow);
  ASSERT_EQ(published.size(), 1U);
  const std::string pull = gateway.hear(published[0]);
  ASSERT_NE(pull, "");
  follow(gateway, pull);
  EXPECT_EQ(gateway.position().seq, 2U);
}

TEST_F(FeedTest, ARestartKeepsTheFeed) {
  auto gateway = follower();
  follow(gateway, gateway.connect());
  const std::string id = add_rider();
  gateway.hear(published_.at(0));
  open();
  change(QuestionKind::revoke_rider, id);
  EXPECT_EQ(gateway.hear(published_.at(0)), "");
  EXPECT_EQ(gateway.status(id), CredentialStatus::revoked);
  EXPECT_EQ(gateway.position().seq, 2U);
}

TEST_F(FeedTest, PullsThatMakeNoSenseAreRejected) {
  for (const char* pull : {"", "{}", "[]", R"({"region":"hz"})", R"({"region":"hz","from":-1})",
                           R"({"region":"hz","from":"0"})", R"({"region":1,"from":0})"}) {
    EXPECT_TRUE(answer(pull).empty()) << pull;
  }
  EXPECT_EQ(hub_->rejected().counts().at("pull.malformed").times, 7U);
  EXPECT_TRUE(answer(R"({"region":"nb","from":0})").empty());
  EXPECT_EQ(hub_->rejected().counts().at("pull.foreign_region").times, 1U);
  EXPECT_TRUE(answer(R"({"region":"hz","from":9})").empty());
  EXPECT_EQ(alarms().at(0).at("kind"), "feed_ahead");
}

TEST_F(FeedTest, TheIssuedCredentialIsBelievedByTheTrustList) {
  const Json added = ask_json(QuestionKind::add_rider, phone());
  const auto issued = from_hex(added.at("issued").get<std::string>());
  const auto envelope = value(cose::parse_sign1(*issued, 1024));
  const auto trust = value(site::parse_trust_list(ask(QuestionKind::trust).body, "answer"));
  EXPECT_EQ(cose::check(envelope, trust.issuers.at(envelope.kid)), cose::Trust::good);
}

TEST_F(FeedTest, BadRidersAreAnsweredWithEveryFault) {
  const auto refused = ask(
      QuestionKind::add_rider,
      with_body(R"({"key":"00","subject":"No Such Name","scope":"A","valid_days":0,"nmae":1})"));
  EXPECT_EQ(refused.status, 400);
  for (const char* fault : {"/key", "/subject", "/scope", "/valid_days", "/nmae"}) {
    EXPECT_NE(refused.body.find(fault), std::string::npos) << refused.body;
  }
  EXPECT_EQ(ask(QuestionKind::add_rider, with_body("nonsense")).status, 400);
  EXPECT_TRUE(published_.empty());
}

TEST_F(FeedTest, RidersAreListedInPages) {
  for (int i = 0; i < 5; ++i) add_rider();
  Json after = 0;
  std::size_t seen = 0;
  while (!after.is_null()) {
    const Json page = ask_json(QuestionKind::list_riders,
                               with_query({{"after", canonical(after)}, {"limit", "2"}}));
    seen += page.at("riders").size();
    after = page.at("next");
  }
  EXPECT_EQ(seen, 5U);
  EXPECT_EQ(ask(QuestionKind::list_riders, with_query({{"limit", "x"}})).status, 400);
}

// A turn whose last input fails: nothing of it is acknowledged, fed or kept, and the hub goes on.
TEST_F(FeedTest, AFailedTurnLeavesNothingBehind) {
  auto other = value(open_hub_database(path() / kHubFile));
  ASSERT_TRUE(
      other.execute("CREATE TRIGGER fault BEFORE INSERT ON batch "
                    "BEGIN SELECT RAISE(ABORT, 'fault'); END"));
  api::Response answer;
  std::vector<Input> inputs;
  inputs.emplace_back(
      BrokerMessage{"xg/1/" + kGateway + "/report", canonical(report_json(chain(2))), false});
  inputs.emplace_back(
      Question{QuestionKind::add_rider, phone(), [&](api::Response r) { answer = std::move(r); }});
  EXPECT_TRUE(hub_->turn(std::move(inputs), kNow).empty());
  EXPECT_EQ(answer.status, 503);
  ASSERT_TRUE(other.execute("DROP TRIGGER fault"));

  const Json status = ask_json(QuestionKind::status);
  EXPECT_EQ(status.at("failed_turns"), 1);
  EXPECT_EQ(status.at("riders").at("active"), 0);
  EXPECT_TRUE(status.at("gateways").empty());
  EXPECT_EQ(acknowledged(chain(2)), 2);
  add_rider();
  EXPECT_EQ(published_.size(), 1U);
}

TEST_F(HubTest, InitTouchesNothingThatIsThere) {
  const auto before = value(process::read_file(path() / kIssuerKeyFile, 10'000));
  hub_.reset();
  const auto again = init_hub(path(), "other", Algorithm::es256);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "hub.conflict");
  EXPECT_EQ(value(process::read_file(path() / kIssuerKeyFile, 10'000)), before);
  open();
  EXPECT_EQ(hub_->region(), "hz");
  for (const auto name : {kIssuerKeyFile, kFeedKeyFile}) {
    struct stat status{};
    ASSERT_EQ(stat((path() / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
  }
}

TEST_F(HubTest, TellsWhenThereIsNoHubOrAnotherServesIt) {
  EXPECT_EQ(Hub::open(directory_.path(), nullptr).error().code, "hub.missing");
  EXPECT_EQ(Hub::open(path(), nullptr).error().code, "store.locked");
  EXPECT_EQ(init_hub(path(), "Not A Region", Algorithm::ed25519).error().code, "hub.invalid");
}

}  // namespace
}  // namespace xiaogate::hub
