// Reports: kept once, in order, unbroken; acknowledged only when they are.

#include "hub/intake.h"

#include <random>

#include "hub/test_hub.h"

namespace xiaogate::hub {
namespace {

class IntakeTest : public HubTest {};

TEST_F(IntakeTest, KeepsWhatItAcknowledges) {
  const auto journal = chain(5);
  EXPECT_EQ(acknowledged(part(journal, 1, 3)), 3);
  EXPECT_EQ(acknowledged(part(journal, 4, 5)), 5);
  const Json kept = records();
  ASSERT_EQ(kept.size(), 5U);
  EXPECT_EQ(kept, report_json(journal).at("records"));
  EXPECT_EQ(records(4), report_json(part(journal, 4, 5)).at("records"));
}

TEST_F(IntakeTest, AcknowledgesARepeatedReportWithoutEffect) {
  const auto journal = chain(5);
  EXPECT_EQ(acknowledged(part(journal, 1, 5)), 5);
  EXPECT_EQ(acknowledged(part(journal, 1, 5)), 5);
  EXPECT_EQ(acknowledged(part(journal, 2, 3)), 5);
  EXPECT_EQ(records().size(), 5U);
}

TEST_F(IntakeTest, TakesTheNewPartOfAnOverlappingReport) {
  const auto journal = chain(6);
  EXPECT_EQ(acknowledged(part(journal, 1, 4)), 4);
  EXPECT_EQ(acknowledged(part(journal, 3, 6)), 6);
  EXPECT_EQ(records(), report_json(journal).at("records"));
}

TEST_F(IntakeTest, AnswersAGapWithWhatItHas) {
  const auto journal = chain(6);
  EXPECT_EQ(acknowledged(part(journal, 5, 6)), 0);
  EXPECT_EQ(acknowledged(part(journal, 1, 2)), 2);
  EXPECT_EQ(acknowledged(part(journal, 4, 6)), 2);
  EXPECT_EQ(records().size(), 2U);
  EXPECT_EQ(acknowledged(part(journal, 3, 6)), 6);
  EXPECT_EQ(records(), report_json(journal).at("records"));
  EXPECT_TRUE(alarms().empty());
}

TEST_F(IntakeTest, RefusesAnotherRecordOfTheSameNumber) {
  EXPECT_EQ(acknowledged(part(chain(3), 1, 3)), 3);
  EXPECT_EQ(acknowledged(part(chain(5, "b"), 2, 5)), -1);
  EXPECT_EQ(records(), report_json(chain(3)).at("records"));
  const Json alarm = alarms().at(0);
  EXPECT_EQ(alarm.at("kind"), "conflict");
  EXPECT_EQ(alarm.at("gateway"), kGateway);
  EXPECT_EQ(alarm.at("seq"), 2);
  // It will come again and again: still one alarm.
  EXPECT_EQ(acknowledged(part(chain(5, "b"), 2, 5)), -1);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms().at(0).at("times"), 2);
}

TEST_F(IntakeTest, RefusesAKnownHashOverOtherContent) {
  auto journal = chain(3);
  EXPECT_EQ(acknowledged(journal), 3);
  journal[1].body = R"({"forged":true})";
  EXPECT_EQ(acknowledged(journal), -1);
  EXPECT_EQ(alarms().at(0).at("kind"), "conflict");
}

TEST_F(IntakeTest, KeepsNothingOfAReportWhoseChainBreaks) {
  auto journal = chain(6);
  EXPECT_EQ(acknowledged(part(journal, 1, 2)), 2);
  auto broken = part(journal, 3, 6);
  broken[2].body = R"({"forged":true})";
  EXPECT_EQ(acknowledged(broken), -1);
  EXPECT_EQ(records().size(), 2U);
  EXPECT_EQ(alarms().at(0).at("kind"), "broken_chain");
  EXPECT_EQ(alarms().at(0).at("seq"), 5);
  EXPECT_EQ(acknowledged(part(journal, 3, 6)), 6);
}

TEST_F(IntakeTest, RefusesAChainThatDoesNotBeginWithNothing) {
  auto record = site::seal(0, Digest{1}, kNow, "gateway_started", "{}");
  EXPECT_EQ(acknowledged({record}), -1);
  EXPECT_EQ(alarms().at(0).at("kind"), "broken_chain");
}

TEST_F(IntakeTest, KeepsGatewaysApart) {
  EXPECT_EQ(acknowledged(chain(3)), 3);
  const auto other = say("xg/1/gw-00000000000000ff/report", canonical(report_json(chain(1, "b"))));
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].payload, R"({"through":1})");
  EXPECT_EQ(records().size(), 3U);
}

TEST_F(IntakeTest, RemembersThroughARestart) {
  const auto journal = chain(5);
  EXPECT_EQ(acknowledged(part(journal, 1, 3)), 3);
  open();
  EXPECT_EQ(acknowledged(part(journal, 1, 3)), 3);
  EXPECT_EQ(acknowledged(part(journal, 4, 5)), 5);
  EXPECT_EQ(records(), report_json(journal).at("records"));
}

TEST_F(IntakeTest, HandlesManyReportsInOneTurn) {
  const auto journal = chain(30);
  std::vector<Input> inputs;
  for (std::uint64_t first = 1; first <= 30; first += 3) {
    inputs.emplace_back(BrokerMessage{"xg/1/" + kGateway + "/report",
                                      canonical(report_json(part(journal, first, first + 2)))});
  }
  const auto published = hub_->turn(std::move(inputs), kNow);
  ASSERT_EQ(published.size(), 10U);
  EXPECT_EQ(published.back().payload, R"({"through":30})");
}

TEST_F(IntakeTest, ShowsStateAndLastSeen) {
  EXPECT_TRUE(say("xg/1/" + kGateway + "/state", R"({"online":true,"journal_seq":7})").empty());
  const Json gateway = ask_json(QuestionKind::list_gateways).at("gateways").at(0);
  EXPECT_EQ(gateway.at("id"), kGateway);
  EXPECT_EQ(gateway.at("online"), true);
  EXPECT_EQ(gateway.at("through"), 0);
  EXPECT_EQ(gateway.at("state").at("journal_seq"), 7);
  EXPECT_EQ(gateway.at("seen"), kNow.time_since_epoch().count());
  say("xg/1/" + kGateway + "/state", R"({"online":false})");
  EXPECT_EQ(ask_json(QuestionKind::list_gateways).at("gateways").at(0).at("online"), false);
}

// A hub that starts is told again by the broker what gateways said days ago.
TEST_F(IntakeTest, ARetainedStateIsNoSignOfLife) {
  const auto seen = [&] {
    return ask_json(QuestionKind::list_gateways).at("gateways").at(0).at("seen");
  };
  std::vector<Input> inputs;
  inputs.emplace_back(BrokerMessage{"xg/1/" + kGateway + "/state", R"({"online":true})", true});
  hub_->turn(std::move(inputs), kNow);
  EXPECT_EQ(seen(), 0);
  say("xg/1/" + kGateway + "/state", R"({"online":true})");
  EXPECT_EQ(seen(), kNow.time_since_epoch().count());
}

// Each fault alone in an otherwise good report.
TEST_F(IntakeTest, RejectsWhatIsNoReport) {
  const Json good = report_json(chain(2));
  std::vector<std::pair<std::string, Json>> bad;
  const auto spoil = [&](const std::string& pointer, const Json& with) {
    Json spoiled = good;
    spoiled[Json::json_pointer(pointer)] = with;
    bad.emplace_back(pointer + " = " + canonical(with), std::move(spoiled));
  };
  for (const Json& with : {Json(nullptr), Json("1"), Json(-1), Json(1.5), Json::array()}) {
    spoil("/first", with);
    spoil("/last", with);
    spoil("/records/1/seq", with);
  }
  for (const Json& with : {Json(nullptr), Json("x"), Json(1), Json::object(), Json::array()}) {
    spoil("/records", with);
    spoil("/records/0", with);
    spoil("/records/0/prev", with);
    spoil("/records/0/hash", with);
  }
  for (const Json& with : {Json(nullptr), Json("{}"), Json::array()}) {
    spoil("/records/0/body", with);
  }
  spoil("/first", 2);
  spoil("/last", 3);
  spoil("/last", INT64_MAX);
  spoil("/records/1/seq", 3);
  spoil("/records/0/seq", 0);
  spoil("/records/0/time", -1);
  spoil("/records/0/time", INT64_MAX);
  spoil("/records/0/kind", "");
  spoil("/records/0/kind", std::string(65, 'k'));
  spoil("/records/0/body", {{"long", std::string(Record::kMaxBody, 'x')}});
  for (const char* member : {"seq", "time", "kind", "body", "prev", "hash"}) {
    Json spoiled = good;
    spoiled["records"][0].erase(member);
    bad.emplace_back(std::string("without ") + member, std::move(spoiled));
  }
  std::uint64_t count = 0;
  for (const auto& [what, payload] : bad) {
    EXPECT_TRUE(say("xg/1/" + kGateway + "/report", canonical(payload)).empty()) << what;
    EXPECT_EQ(hub_->rejected().counts().at("report.malformed").times, ++count) << what;
  }
  EXPECT_EQ(acknowledged(chain(2)), 2);
}

TEST_F(IntakeTest, IgnoresMembersThatItDoesNotKnow) {
  Json payload = report_json(chain(1));
  payload["more"] = 1;
  payload["records"][0]["more"] = 1;
  EXPECT_EQ(say("xg/1/" + kGateway + "/report", canonical(payload)).size(), 1U);
}

TEST_F(IntakeTest, SurvivesAnyOctetsOnAnyTopic) {
  std::mt19937_64 random(1);
  const std::string good = canonical(report_json(chain(2)));
  const std::string leaves[] = {"report", "state", "feed/pull", "", "ack", "report/more"};
  std::uint64_t said = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string payload = i % 2 == 0 ? good : std::string(random() % 300, '\0');
    const std::size_t changes = i % 2 == 0 ? 1 + random() % 4 : payload.size();
    for (std::size_t n = 0; n < changes; ++n) {
      const std::size_t at = i % 2 == 0 ? random() % payload.size() : n;
      payload[at] = static_cast<char>(random());
    }
    say("xg/1/" + kGateway + "/" + leaves[random() % 6], payload);
    ++said;
  }
  say("xg/1/" + kGateway + "/report", std::string(100'000, '['));
  say("xg/1/" + kGateway + "/report", std::string(1'000'000, '7'));
  say("xg/1/gw-XYZ/report", good);
  say("", "");
  std::uint64_t counted = 0;
  for (const auto& [reason, count] : hub_->rejected().counts()) counted += count.times;
  EXPECT_GT(counted, said / 2);
  EXPECT_GE(hub_->rejected().counts().at("topic.unknown").times, 2U);
  EXPECT_EQ(acknowledged(chain(2)), 2);
}

}  // namespace
}  // namespace xiaogate::hub
