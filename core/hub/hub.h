// The reference hub: registers riders, feeds their credentials to gateways, keeps gateways'
// journals. docs/hub-link.md is what it speaks.
//
// One turn, one transaction: whatever waits is handled together, committed to stable storage, and
// only then are answers given and messages published. No thread, socket or clock inside.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/input.h"
#include "hub/intake.h"
#include "hub/page_stream.h"
#include "hub/register.h"
#include "hub/rejected_messages.h"
#include "hub/rider_desk.h"
#include "hub/signing_key.h"
#include "store/database.h"
#include "store/directory_lock.h"

namespace xiaogate::hub {

inline constexpr std::string_view kIssuerKeyFile = "issuer.pem";
inline constexpr std::string_view kFeedKeyFile = "feed.pem";
inline constexpr std::string_view kTrustFile = "trust.json";

// Makes a hub's directory: keys, database, and the trust list that gateways are given. Nothing that
// is there is touched: "hub.conflict" names it. Otherwise errors of files, keys and the store.
Result<void> init_hub(const std::filesystem::path& directory, const std::string& region,
                      Algorithm algorithm);

// Topic filters that a hub listens to.
std::vector<std::string> hub_filters();

// Lives on one thread.
class Hub {
 public:
  // A directory made by init_hub(), held until the hub goes. Errors: "hub.missing" (no such hub),
  // those of key files and store.
  static Result<std::unique_ptr<Hub>> open(const std::filesystem::path& directory, Random random);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Handles `inputs` in one turn and returns what is to be published. When the turn fails (disk
  // full, say) nothing of it happened: every question is answered 503 and gateways, unacknowledged,
  // send again.
  std::vector<Publication> turn(std::vector<Input> inputs, WallTime now);

  // Answers to pulls are made when there is room for them: whether there are any, and at most
  // `most` of them.
  bool has_pages() const { return !streams_.empty(); }
  std::vector<Publication> pages(std::size_t most);

  const std::string& region() const { return region_; }
  const RejectedMessages& rejected() const { return rejected_; }

 private:
  struct Parts {
    store::DirectoryLock lock;
    store::Database database;
    std::unique_ptr<SigningKey> issuer;
    std::unique_ptr<SigningKey> feed;
    std::string region;
  };
  // What a turn lets out once it is committed.
  struct Turn {
    WallTime now;
    std::vector<Publication> publications;
    std::vector<api::Response> answers;
    std::uint64_t records = 0;
  };

  Hub(Parts parts, Register riders, Intake intake, Random random);

  Result<void> handle_all(const std::vector<Input>& inputs, Turn& turn);
  Result<void> on(const BrokerMessage& message, Turn& turn);
  Result<void> on(const BrokerMessageDropped& dropped, Turn& turn);
  Result<void> on(const BrokerLinkChanged& change, Turn& turn);
  Result<void> on(const Question& question, Turn& turn);

  Result<void> report(const std::string& gateway, const BrokerMessage& message, Turn& turn);
  Result<void> state(const std::string& gateway, const BrokerMessage& message, Turn& turn);
  Result<void> pull(const std::string& gateway, const BrokerMessage& message, Turn& turn);
  Result<void> publish_newest_batch(std::vector<Publication>& out);
  void publish_batch(const Batch& batch, std::vector<Publication>& out) const;

  // hub_questions.cpp: what the admin socket is answered.
  Result<api::Response> answer(const Question& question, Turn& turn);
  Result<api::Response> desk_answer(Result<DeskAnswer> answer, Turn& turn);
  Result<api::Response> list_gateways();
  Result<api::Response> list_records(const api::Request& request);
  Result<api::Response> status();
  Result<Json> gateways_json();
  Result<Json> alarms_json();

  store::DirectoryLock lock_;
  store::Database database_;
  std::unique_ptr<SigningKey> issuer_;  // at an address that Register and RiderDesk may borrow
  std::unique_ptr<SigningKey> feed_key_;
  std::string region_;
  Register register_;
  Intake intake_;
  RiderDesk desk_;
  RejectedMessages rejected_;
  std::map<std::string, PageStream> streams_;  // by gateway; a new pull replaces the former
  bool link_up_ = false;
  std::uint64_t turns_ = 0;
  std::uint64_t failed_turns_ = 0;
  std::uint64_t records_ = 0;  // taken in since the start
};

}  // namespace xiaogate::hub
