// xiaogate as a process: what it prints, and what it exits with.

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "access/rider_code.h"
#include "api/http_server.h"
#include "cose/sign1.h"
#include "hub/test_hub.h"
#include "process/private_file.h"
#include "site/chain.h"
#include "store/store.h"
#include "tests/support/mosquitto.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace xiaogate::cli {
namespace {

using hub::chain;
using hub::value;
using test::Process;

struct Ran {
  int exit_code = -1;
  std::string output;  // stdout and stderr

  Json json() const { return value(parse_json(output)); }
};

class Cli : public testing::Test {
 protected:
  Ran run(std::vector<std::string> arguments, std::vector<std::string> environment = {"LC_ALL=C"}) {
    const auto file = directory_.path() / ("output-" + std::to_string(++runs_));
    arguments.insert(arguments.begin(), XIAOGATE);
    Process process({.arguments = std::move(arguments),
                     .environment = std::move(environment),
                     .output = file,
                     .directory = {}});
    const auto code = process.wait();
    return {code.value_or(-1), process.output()};
  }
  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

  test::TempDir directory_{"xiaogate-cli"};
  int runs_ = 0;
};

class JournalCommand : public Cli {
 protected:
  void SetUp() override {
    auto store = value(store::Store::open({.directory = directory_.path(), .reserve = 0}));
    ASSERT_TRUE(store->begin());
    for (const Record& record : chain(300)) ASSERT_TRUE(store->write(site::AppendRecord{record}));
    ASSERT_TRUE(store->write(site::Acknowledge{200}));
    ASSERT_TRUE(store->commit(site::Durability::stable));
  }
  void damage(std::string_view sql) {
    auto database = value(
        store::Database::open(directory_.path() / store::kJournalFile, store::journal_schema()));
    const auto done = database.execute(sql);
    ASSERT_TRUE(done) << done.error().text;
    ASSERT_EQ(database.changes(), 1);
  }
  std::string data() const { return directory_.path().string(); }
};

TEST_F(JournalCommand, ShowsRecords) {
  const Ran some = run({"journal", "show", "--data", data(), "--from", "7", "--limit", "2"});
  EXPECT_EQ(some.exit_code, 0) << some.output;
  EXPECT_EQ(std::ranges::count(some.output, '\n'), 2) << some.output;
  EXPECT_TRUE(some.output.starts_with("7  ")) << some.output;
  const Ran all = run({"journal", "show", "--data", data(), "--limit", "0"});
  EXPECT_EQ(std::ranges::count(all.output, '\n'), 300);
  const Ran json = run({"journal", "show", "--data", data(), "--from", "300", "--json"});
  EXPECT_EQ(json.json(), hub::report_json(chain(300)).at("records").at(299));
}

TEST_F(JournalCommand, VerifiesAWholeChainBesideItsWriter) {
  const auto writer = value(store::Store::open({.directory = directory_.path(), .reserve = 0}));
  const Ran good = run({"journal", "verify", "--data", data()});
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.output,
            "300 records, 1 to 300: the chain is whole. Acknowledged by the hub: 200.\n");
  const Json json = run({"journal", "verify", "--data", data(), "--json"}).json();
  EXPECT_EQ(json.at("records"), 300);
  EXPECT_EQ(json.at("head_hash"), to_hex(chain(300).back().hash));
  const Ran chinese = run({"journal", "verify", "--data", data()}, {"LC_ALL=zh_CN.UTF-8"});
  EXPECT_NE(chinese.output.find("哈希链完整"), std::string::npos) << chinese.output;
  EXPECT_EQ(run({"journal", "verify", "--data", data(), "--lang", "zh"}).output, chinese.output);
}

TEST_F(JournalCommand, TellsWhereAChangedRecordBreaksTheChain) {
  damage("UPDATE record SET body = '{\"forged\":true}' WHERE seq = 123");
  const Ran broken = run({"journal", "verify", "--data", data()});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_NE(broken.output.find("record 123"), std::string::npos) << broken.output;
  const Json json = run({"journal", "verify", "--data", data(), "--json"}).json();
  EXPECT_EQ(json.at("error").at("code"), "journal.broken");
}

TEST_F(JournalCommand, TellsThatARecordIsMissing) {
  damage("DELETE FROM record WHERE seq = 123");
  const Ran broken = run({"journal", "verify", "--data", data()});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_NE(broken.output.find("124"), std::string::npos) << broken.output;
}

TEST_F(Cli, SaysWhatIsMissing) {
  const Ran none = run({"journal", "verify", "--data", path("none")});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.output.find(path("none")), std::string::npos) << none.output;
  EXPECT_EQ(run({"status", "--socket", path("none.sock")}).exit_code, 1);
  EXPECT_EQ(run({"rider", "code", "--phone", path("none")}).exit_code, 1);
  EXPECT_EQ(run({"journal", "burn"}).exit_code, 2);
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"--help"}).exit_code, 0);
  const Ran help = run({"rider", "add", "--help"}, {"LC_ALL=zh_CN.UTF-8"});
  EXPECT_NE(help.output.find("登记骑手"), std::string::npos) << help.output;
}

TEST_F(Cli, ShowsTheStatusOfAGateway) {
  const Json status{
      {"gateway", hub::kGateway},
      {"version", "0.1.0"},
      {"device_link", "up"},
      {"hub_link", "down"},
      {"devices", {{"gate-1", {{"plugin", "shelly"}, {"state", "online"}}}}},
      {"access_points",
       {{"north",
         {{"name_en", "North gate"},
          {"name_zh", "北门"},
          {"gate", "gate-1"},
          {"door", "closed"},
          {"mode", "locked_down"}}}}},
      {"areas",
       {{"yard",
         {{"name_en", "yard"},
          {"name_zh", "院子"},
          {"fire", true},
          {"lock_down", true},
          {"bays", {{"free", 3}, {"occupied", 1}, {"unknown", 0}}}}}}},
      {"alarms",
       Json::array({{{"kind", "lock_down"}, {"subject", "yard"}, {"since", "?"}, {"record", 9}}})},
      {"plugins", {{"shelly", "up"}}},
      {"journal", {{"head", 12}, {"acknowledged", 10}}},
      {"feed", {{"region", "hz"}, {"seq", 3}}},
      {"granted", 4},
      {"denied", 1},
      {"rejected_inputs", 0}};
  const auto server = value(api::HttpServer::start(
      path("gateway.sock"),
      {{"GET", "/v1/status", [&](const api::Request&) { return api::json_response(status); }}}));
  EXPECT_EQ(run({"status", "--socket", path("gateway.sock"), "--json"}).json(), status);
  const Ran english = run({"status", "--socket", path("gateway.sock")});
  EXPECT_EQ(english.exit_code, 0);
  EXPECT_EQ(english.output, "Gateway " + hub::kGateway +
                                ", version 0.1.0\n"
                                "Links: devices up, hub down\n"
                                "Journal: newest record 12, acknowledged by the hub up to 10\n"
                                "Feed: region hz, batch 3\n"
                                "Decisions since the start: 4 granted, 1 denied\n"
                                "Messages rejected since the start: 0\n"
                                "Alarms:\n  ?  lock_down  yard  #9\n"
                                "Access points:\n"
                                "  north (North gate)  gate gate-1, door closed, locked_down\n"
                                "Areas:\n"
                                "  yard  FIRE  locked_down  bays: 3 free, 1 occupied, 0 unknown\n"
                                "Devices:\n  gate-1  shelly  online\n"
                                "Plugins:\n  shelly  up\n");
  const Ran chinese = run({"status", "--socket", path("gateway.sock"), "--lang", "zh"});
  EXPECT_NE(chinese.output.find("枢纽侧 未连接"), std::string::npos) << chinese.output;
}

TEST_F(Cli, GivesOrdersToAGateway) {
  std::string asked;
  const auto order = [&](const api::Request& request) {
    asked = request.path + " " + request.body;
    return api::json_response({{"record", 7}});
  };
  const auto refuse = [](const api::Request&) {
    return api::error_response(409, "lock_down.conflict", "yard is locked down already");
  };
  const auto server = value(
      api::HttpServer::start(path("gateway.sock"), {{"POST", "/v1/access_points/{id}/open", order},
                                                    {"POST", "/v1/site/lock_down_release", order},
                                                    {"POST", "/v1/areas/{id}/lock_down", refuse}}));
  const auto gate = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "gate");
    for (const auto* more : {"--reason", "drill", "--by", "guard", "--socket"}) {
      arguments.emplace_back(more);
    }
    arguments.push_back(path("gateway.sock"));
    return run(arguments);
  };
  const Ran opened = gate({"open", "north"});
  EXPECT_EQ(opened.exit_code, 0) << opened.output;
  EXPECT_EQ(opened.output, "Opening north, record 7.\n");
  EXPECT_EQ(asked, R"(/v1/access_points/north/open {"by":"guard","reason":"drill"})");
  EXPECT_EQ(gate({"release", "--lang", "zh"}).output, "已解除封闭：整个站点，记录 7。\n");
  const Ran refused = gate({"lock-down", "yard"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("yard is locked down already"), std::string::npos);
  EXPECT_EQ(gate({"open", "no/name"}).exit_code, 1);
  EXPECT_EQ(run({"gate", "open", "north"}).exit_code, 2) << "a reason is required";
}

class RiderCommand : public Cli {
 protected:
  void SetUp() override {
    Process init({.arguments = {XIAOGATE_HUB, "init", "--data", path("hub"), "--region", "hz"},
                  .environment = {},
                  .output = path("hub.log"),
                  .directory = {}});
    ASSERT_EQ(init.wait(), 0) << init.output();
    hub_ = std::make_unique<Process>(test::ProcessOptions{
        .arguments = {XIAOGATE_HUB, "serve", "--data", path("hub"), "--broker", broker_->url()},
        .environment = {},
        .output = path("hub.log"),
        .directory = {}});
    ASSERT_TRUE(test::wait_until([&] { return std::filesystem::exists(socket()); }))
        << hub_->output();
  }
  std::string socket() const { return path("hub/hub.sock"); }

  std::unique_ptr<test::Mosquitto> broker_ = test::absent_mosquitto();
  std::unique_ptr<Process> hub_;
};

TEST_F(RiderCommand, ACodeVerifiesUnderTheKeyThatWasRegistered) {
  for (const std::string algorithm : {"ed25519", "es256", "sm2"}) {
    const std::string phone = path(algorithm + ".phone");
    const Ran added = run({"rider", "add", "--hub", socket(), "--phone", phone, "--alg", algorithm,
                           "--subject", "r-" + algorithm, "--json"});
    ASSERT_EQ(added.exit_code, 0) << added.output;
    struct stat status{};
    ASSERT_EQ(stat(phone.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);

    const Ran shown = run({"rider", "code", "--phone", phone, "--full", "--at", "1780000000"});
    ASSERT_EQ(shown.exit_code, 0) << shown.output;
    ASSERT_TRUE(shown.output.ends_with('\n'));
    const auto code = value(access::parse_rider_code(shown.output));
    EXPECT_EQ(shown.output, std::string(access::strip_reader_ending(shown.output)) + "\n");
    EXPECT_EQ(code.issued_at, 1'780'000'000U);
    EXPECT_EQ(code.credential.text(), added.json().at("id").get<std::string>());
    ASSERT_TRUE(code.issued);
    const Credential& credential = code.issued->credential;
    EXPECT_EQ(credential.subject, "r-" + algorithm);
    EXPECT_TRUE(cose::verify(credential.key, code.signed_octets, code.signature));

    const std::string brief = run({"rider", "code", "--phone", phone}).output;
    EXPECT_FALSE(value(access::parse_rider_code(brief)).issued);
    EXPECT_LT(brief.size(), shown.output.size());
  }
}

TEST_F(RiderCommand, ChangesAndListsRiders) {
  const std::string phone = path("phone");
  ASSERT_EQ(run({"rider", "add", "--hub", socket(), "--phone", phone}).exit_code, 0);
  const Ran again = run({"rider", "add", "--hub", socket(), "--phone", phone});
  EXPECT_EQ(again.exit_code, 1) << "a phone must not be overwritten";
  EXPECT_EQ(run({"rider", "list", "--hub", socket(), "--json"}).json().size(), 1U);

  EXPECT_EQ(
      run({"rider", "suspend", "--hub", socket(), "--phone", phone, "--reason", "late"}).exit_code,
      0);
  const Json row = run({"rider", "list", "--hub", socket(), "--json"}).json().at(0);
  EXPECT_EQ(row.at("status"), "suspended");
  EXPECT_EQ(row.at("reason"), "late");
  const std::string id = row.at("id").get<std::string>();
  EXPECT_EQ(run({"rider", "restore", "--hub", socket(), id}).exit_code, 0);
  const Ran revoked = run({"rider", "revoke", "--hub", socket(), id, "--lang", "zh"});
  EXPECT_NE(revoked.output.find("已吊销"), std::string::npos) << revoked.output;
  const Ran restored = run({"rider", "restore", "--hub", socket(), id});
  EXPECT_EQ(restored.exit_code, 1);
  EXPECT_NE(restored.output.find("final"), std::string::npos) << restored.output;

  EXPECT_EQ(run({"rider", "revoke", "--hub", socket()}).exit_code, 1) << "neither id nor phone";
  EXPECT_EQ(run({"rider", "revoke", "--hub", socket(), "../x"}).exit_code, 1);
  EXPECT_EQ(run({"rider", "revoke", "--hub", socket(), "00000000000000aa"}).exit_code, 1);
}

// --- access explain ------------------------------------------------------------------------------

class ExplainCommand : public Cli {
 protected:
  void SetUp() override {
    std::ofstream(path("site.json")) << R"({
      "gateway": "gw-00000000000d3301", "region": "hangzhou",
      "device_broker": "mqtt://127.0.0.1:1883",
      "policy": {
        "special_days": [{"from": "2026-10-01", "to": "2026-10-07", "as": "holiday"}],
        "banned": ["r-9"],
        "profiles": [{"name": "rider.day", "hours": [
          {"days": ["thu", "fri"], "from": "06:00", "to": "22:00"}]}, {"name": "vip"}]},
      "devices": [{"id": "gate-1", "plugin": "of-another-machine"},
                  {"id": "reader-1", "plugin": "of-another-machine"},
                  {"id": "reader-2", "plugin": "of-another-machine"}],
      "access_points": [
        {"id": "south", "name_zh": "南门", "reader": "reader-1", "gate": "gate-1"},
        {"id": "out", "reader": "reader-2", "gate": "gate-1", "direction": "out"}]})";
  }
  Ran explain(std::vector<std::string> more) {
    std::vector<std::string> arguments{"access", "explain", "--config", path("site.json")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  }
};

TEST_F(ExplainCommand, SaysWhichRuleDecided) {
  const Ran open = explain({"--gate", "south", "--scope", "rider.day", "--at", "2026-09-24T08:30"});
  EXPECT_EQ(open.exit_code, 0) << open.output;
  EXPECT_TRUE(open.output.starts_with("rider.day at south, 2026-09-24 thu 08:30\n")) << open.output;
  EXPECT_TRUE(open.output.ends_with(
      "\nLet in: rider.day: it is open at this time (2026-09-24 thu 08:30 / thu fri "
      "06:00-22:00)\n"))
      << open.output;
  const Ran holiday =
      explain({"--gate", "south", "--scope", "rider.day", "--at", "2026-10-01 08:30"});
  EXPECT_EQ(holiday.exit_code, 0);
  EXPECT_TRUE(holiday.output.ends_with(
      "\nRefused, outside_schedule: rider.day: it is not open at this time (2026-10-01 holiday "
      "08:30 / thu fri 06:00-22:00)\n"))
      << holiday.output;
}

TEST_F(ExplainCommand, SpeaksChineseAndJson) {
  const std::vector<std::string> banned{"--gate",    "south", "--scope", "vip",
                                        "--subject", "r-9",   "--at",    "2026-10-01T08:30"};
  auto arguments = banned;
  arguments.insert(arguments.end(), {"--lang", "zh"});
  const Ran chinese = explain(arguments);
  EXPECT_TRUE(chinese.output.ends_with("\n拒绝（site_banned）：r-9 已被禁止进入本站（截止：-）\n"))
      << chinese.output;
  arguments = banned;
  arguments.emplace_back("--json");
  const Json json = explain(arguments).json();
  EXPECT_EQ(json.at("verdict"), "site_banned");
  EXPECT_EQ(json.at("access_point"), "south");
  EXPECT_EQ(json.at("decided_by").at("rule"), "ban");
  EXPECT_EQ(json.at("decided_by").at("passed"), false);
  EXPECT_EQ(json.at("steps").size(), 10U) << json;
}

TEST_F(ExplainCommand, TheWayOutLetsOut) {
  const Ran out = explain({"--gate", "out", "--scope", "rider.day", "--at", "2026-10-01T08:30"});
  EXPECT_NE(out.output.find("\nLet out although a way in would refuse, outside_schedule: "),
            std::string::npos)
      << out.output;
}

TEST_F(ExplainCommand, LooksCredentialsUpInTheCache) {
  const auto id = *CredentialId::from_text("c000000000000001");
  const auto key = value(cose::PrivateKey::generate(Algorithm::ed25519));
  {
    auto store = value(store::Store::open({.directory = directory_.path(), .reserve = 0}));
    const Credential credential{.id = id,
                                .subject = "r-1",
                                .key = key.public_key(),
                                .not_before = WallTime(),
                                .expires = WallTime(std::chrono::hours(24)),
                                .scope = "vip"};
    ASSERT_TRUE(store->begin());
    ASSERT_TRUE(store->write(site::LearnCredential{credential}));
    ASSERT_TRUE(store->commit(site::Durability::stable));
  }
  const std::vector<std::string> asked{
      "--gate",           "south",       "--data", directory_.path().string(), "--at",
      "2026-10-01T08:30", "--credential"};
  auto arguments = asked;
  arguments.push_back(id.text());
  const Ran known = explain(arguments);
  EXPECT_TRUE(known.output.ends_with("\nRefused, credential_expired: it has expired\n"))
      << known.output;
  arguments.back() = "c000000000000002";
  const Ran unknown = explain(arguments);
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.output.find("has no credential c000000000000002"), std::string::npos)
      << unknown.output;
}

TEST_F(ExplainCommand, RefusesQuestionsThatAreNone) {
  const auto refusal = [&](std::vector<std::string> arguments) {
    const Ran ran = explain(std::move(arguments));
    EXPECT_EQ(ran.exit_code, 1) << ran.output;
    return ran.output;
  };
  EXPECT_EQ(refusal({"--gate", "west", "--scope", "vip"}),
            "xiaogate: no access point or gate 'west'; access points here: south, out\n");
  EXPECT_EQ(refusal({"--gate", "gate-1", "--scope", "vip"}),
            "xiaogate: several access points open gate 'gate-1'; name one: south, out\n");
  EXPECT_EQ(refusal({"--gate", "south"}),
            "xiaogate: give one of --credential, --phone and --scope\n");
  for (const char* time : {"soon", "2026-02-29T08:30", "2026-10-01T24:00", "2026-10-01T08:30Z"}) {
    EXPECT_EQ(refusal({"--gate", "south", "--scope", "vip", "--at", time}),
              "xiaogate: '" + std::string(time) + "' is no time; write it like 2026-10-01T08:30\n");
  }
}

}  // namespace
}  // namespace xiaogate::cli
