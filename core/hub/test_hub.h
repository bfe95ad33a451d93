// A hub in a directory of its own, and a journal that reports to it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "access/rider_code.h"
#include "hub/hub.h"
#include "site/chain.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::hub {

inline const std::string kGateway = "gw-0123456789abcdef";
inline constexpr WallTime kNow{Millis{1'780'000'000'000}};

template <class T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}

// {"first", "last", "records"} with `seq` and hashes as they stand in the records.
inline Json report_json(const std::vector<Record>& records) {
  Json rows = Json::array();
  for (const Record& record : records) {
    rows.push_back({{"seq", record.seq},
                    {"time", record.time.time_since_epoch().count()},
                    {"kind", record.kind},
                    {"body", value(parse_json(record.body))},
                    {"prev", to_hex(record.prev)},
                    {"hash", to_hex(record.hash)}});
  }
  return {{"first", records.front().seq}, {"last", records.back().seq}, {"records", rows}};
}

// Records 1 to `count` of one chain; `flavour` makes it another one.
inline std::vector<Record> chain(std::size_t count, const std::string& flavour = "a") {
  std::vector<Record> records;
  Record before{};
  for (std::size_t i = 0; i < count; ++i) {
    before = site::seal(before.seq, before.hash, kNow + Millis(i), "access_granted",
                        canonical({{"flavour", flavour}, {"n", i}, {"name", "\u6b63\u95e8"}}));
    records.push_back(before);
  }
  return records;
}

inline std::vector<Record> part(const std::vector<Record>& records, std::uint64_t first,
                                std::uint64_t last) {
  return {records.begin() + static_cast<std::ptrdiff_t>(first - 1),
          records.begin() + static_cast<std::ptrdiff_t>(last)};
}

inline api::Request with_body(std::string body) {
  api::Request request;
  request.body = std::move(body);
  return request;
}
inline api::Request with_query(std::map<std::string, std::string, std::less<>> query) {
  api::Request request;
  request.query = std::move(query);
  return request;
}

class HubTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = init_hub(path(), "hz", Algorithm::ed25519);
    ASSERT_TRUE(made) << made.error().text;
    open();
  }

  std::filesystem::path path() const { return directory_.path() / "hub"; }
  void open() {
    hub_.reset();
    hub_ = value(Hub::open(path(), [this](std::size_t count) { return random(count); }));
  }

  std::vector<Publication> say(const std::string& topic, const std::string& payload) {
    std::vector<Input> inputs;
    inputs.emplace_back(BrokerMessage{topic, payload, false});
    return hub_->turn(std::move(inputs), kNow);
  }
  std::vector<Publication> report(const std::vector<Record>& records) {
    return say("xg/1/" + kGateway + "/report", canonical(report_json(records)));
  }
  // The acknowledged sequence number; -1 for none.
  std::int64_t acknowledged(const std::vector<Record>& records) {
    const auto published = report(records);
    if (published.empty()) return -1;
    EXPECT_EQ(published.size(), 1U);
    EXPECT_EQ(published[0].topic, "xg/1/" + kGateway + "/ack");
    return value(parse_json(published[0].payload)).at("through").get<std::int64_t>();
  }

  api::Response ask(QuestionKind kind, api::Request request = {}) {
    api::Response answer;
    std::vector<Input> inputs;
    inputs.emplace_back(
        Question{kind, std::move(request), [&](api::Response r) { answer = std::move(r); }});
    published_ = hub_->turn(std::move(inputs), kNow);
    return answer;
  }
  Json ask_json(QuestionKind kind, api::Request request = {}) {
    return value(parse_json(ask(kind, std::move(request)).body));
  }
  Json records(std::uint64_t from = 1) {
    api::Request request = with_query({{"from", std::to_string(from)}, {"limit", "1000"}});
    request.parameters["gw"] = kGateway;
    return ask_json(QuestionKind::list_records, std::move(request)).at("records");
  }
  Json alarms() { return ask_json(QuestionKind::status).at("alarms"); }

  // A registration of the test's phone.
  api::Request phone() const {
    const Bytes key = cose::encode_public_key(device_key_.public_key());
    return with_body(canonical({{"key", to_hex(key)}}));
  }
  // Registers a rider and returns its credential id.
  std::string add_rider() {
    return ask_json(QuestionKind::add_rider, phone()).at("id").get<std::string>();
  }
  api::Response change(QuestionKind kind, const std::string& id) {
    api::Request request = with_body(R"({"reason":"late"})");
    request.parameters["id"] = id;
    return ask(kind, std::move(request));
  }

  // Octets that differ from call to call.
  Bytes random(std::size_t count) {
    ++random_calls_;
    Bytes octets(count);
    for (std::size_t i = 0; i < count; ++i) {
      octets[i] = static_cast<std::uint8_t>(random_calls_ >> (8 * (i % 8)));
    }
    return octets;
  }

  test::TempDir directory_{"xiaogate-hub"};
  std::uint64_t random_calls_ = 0;
  cose::PrivateKey device_key_ = value(cose::PrivateKey::generate(Algorithm::ed25519));
  std::vector<Publication> published_;  // by the last question
  std::unique_ptr<Hub> hub_;
};

}  // namespace xiaogate::hub
