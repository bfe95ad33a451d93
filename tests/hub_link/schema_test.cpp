// What gateway and hub really send, against the schemas in config/schema/hub.
#include "host/schema.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "cose/sign1.h"
#include "gateway/report.h"
#include "hub/test_hub.h"
#include "site/site.h"

namespace xiaogate::hub {
namespace {

using testing::IsEmpty;
using testing::Not;

Json schema(const std::string& name) {
  std::ifstream file(std::string(XIAOGATE_HUB_SCHEMAS) + "/" + name + ".json");
  std::ostringstream text;
  text << file.rdbuf();
  Json json = value(parse_json(text.str()));
  return json;
}

std::vector<std::string> faults(const std::string& name, const Json& payload) {
  const auto compiled = host::Schema::compile(schema(name));
  if (!compiled) throw std::runtime_error(name + ": " + compiled.error().text);
  return compiled->faults(payload);
}

// Members of `payload` that the schema does not name: allowed on the wire, but then undescribed.
std::vector<std::string> undescribed(const Json& object_schema, const Json& payload) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : payload.items()) {
    if (!object_schema.at("properties").contains(name)) names.push_back(name);
  }
  return names;
}

Json inside(const std::string& signed_message) {
  const auto envelope = value(cose::parse_sign1(as_bytes(signed_message), std::size_t{128} * 1024));
  return value(parse_json(as_text(envelope.payload)));
}

struct NoCredentials : access::CredentialSource {
  std::optional<CachedCredential> find(const CredentialId&) override { return std::nullopt; }
};

// A gateway that has just reached its hub.
struct NewGateway {
  NewGateway() {
    site::SiteConfig config;
    config.gateway = kGateway;
    config.region = "hz";
    const Instant now{.wall = kNow, .mono = {}};
    NoCredentials none;
    site::Site site(config, {}, none, {}, now, "test");
    const auto effects = site.handle(site::HubLinkChanged{true}, now);
    for (const auto& write : effects.writes) {
      if (const auto* append = std::get_if<site::AppendRecord>(&write)) {
        records.push_back(append->record);
      }
    }
    for (const auto& action : effects.actions) {
      if (const auto* publish = std::get_if<site::PublishToHub>(&action)) {
        said[publish->leaf] = publish->payload;
      }
    }
  }
  std::vector<Record> records;
  std::map<std::string, std::string> said;  // by the topic's end
};

class HubLinkSchema : public HubTest {
 protected:
  // The whole answer to a pull.
  std::vector<Json> pages(const std::string& pull) {
    EXPECT_THAT(say("xg/1/" + kGateway + "/feed/pull", pull), IsEmpty());
    std::vector<Json> found;
    while (hub_->has_pages()) {
      for (const auto& page : hub_->pages(3)) found.push_back(inside(page.payload));
    }
    return found;
  }
  NewGateway gateway_;
};

TEST_F(HubLinkSchema, DescribesTheState) {
  const Json state = value(parse_json(gateway_.said.at("state")));
  EXPECT_THAT(faults("state", state), IsEmpty());
  EXPECT_THAT(undescribed(schema("state"), state), IsEmpty());
  EXPECT_THAT(faults("state", Json{{"online", false}}), IsEmpty());
  EXPECT_THAT(faults("state", Json{{"online", true}}), Not(IsEmpty()));
}

TEST_F(HubLinkSchema, DescribesReportsAndTheirAcknowledgement) {
  const std::string text = gateway::report_text(gateway_.records);
  Json report = value(parse_json(text));
  EXPECT_THAT(faults("report", report), IsEmpty());
  EXPECT_THAT(undescribed(schema("report"), report), IsEmpty());
  EXPECT_THAT(undescribed(schema("report").at("definitions").at("record"), report["records"][0]),
              IsEmpty());
  const auto answer = say("xg/1/" + kGateway + "/report", text);
  ASSERT_EQ(answer.size(), 1U);
  const Json ack = value(parse_json(answer[0].payload));
  EXPECT_THAT(faults("ack", ack), IsEmpty());
  EXPECT_THAT(undescribed(schema("ack"), ack), IsEmpty());
  EXPECT_THAT(faults("ack", Json{{"through", -1}}), Not(IsEmpty()));

  // A report that leaves a gap is answered with what the hub has: nothing.
  const std::string other = "xg/1/gw-00000000000000ff/report";
  const auto gap = say(other, gateway::report_text(std::span(gateway_.records).subspan(1)));
  ASSERT_EQ(gap.size(), 1U);
  EXPECT_THAT(faults("ack", value(parse_json(gap[0].payload))), IsEmpty());

  report["records"][0].erase("hash");
  EXPECT_THAT(faults("report", report), Not(IsEmpty()));
  report["records"] = Json::array();
  EXPECT_THAT(faults("report", report), Not(IsEmpty()));
}

TEST_F(HubLinkSchema, DescribesTheFeed) {
  const Json pull = value(parse_json(gateway_.said.at("feed/pull")));
  EXPECT_THAT(faults("feed-pull", pull), IsEmpty());
  EXPECT_THAT(undescribed(schema("feed-pull"), pull), IsEmpty());

  const Json definitions = schema("feed").at("definitions");
  const auto fits = [&](const Json& payload, const char* form) {
    EXPECT_THAT(faults("feed", payload), IsEmpty());
    EXPECT_THAT(undescribed(definitions.at(form), payload), IsEmpty());
    const Json& put = definitions.at("change").at("oneOf").at(0);
    for (const Json& change : payload.at("changes")) {
      EXPECT_THAT(undescribed(put, change), IsEmpty());
    }
  };
  for (const Json& page : pages(gateway_.said.at("feed/pull"))) fits(page, "page");  // none yet
  const std::string rider = add_rider();
  ASSERT_EQ(published_.size(), 1U);
  fits(inside(published_[0].payload), "batch");
  for (const auto kind :
       {QuestionKind::suspend_rider, QuestionKind::restore_rider, QuestionKind::revoke_rider}) {
    change(kind, rider);
    ASSERT_EQ(published_.size(), 1U);
    fits(inside(published_[0].payload), "batch");
  }
  const std::string suspended = add_rider();
  change(QuestionKind::suspend_rider, suspended);
  const auto snapshot = pages(gateway_.said.at("feed/pull"));
  ASSERT_THAT(snapshot, Not(IsEmpty()));
  for (const Json& page : snapshot) fits(page, "page");
  for (const Json& page : pages(R"({"region":"hz","from":1})")) fits(page, "page");

  Json wrong = snapshot.front();
  wrong["changes"][0]["op"] = "forget";
  EXPECT_THAT(faults("feed", wrong), Not(IsEmpty()));
  wrong["changes"] = Json::array();
  wrong.erase("upto");
  EXPECT_THAT(faults("feed", wrong), Not(IsEmpty()));
}

}  // namespace
}  // namespace xiaogate::hub
