// Every flaw is found under its own name, and nothing else is called wrong.

#include "kit/conformance.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "tests/support/temp_dir.h"

namespace xiaogate::kit {
namespace {

namespace fs = std::filesystem;

class Conformance : public testing::Test {
 protected:
  // The command "open" is answered on the way, so that a restart falls between.
  Report run(const std::string& flaw, const std::string& more = "") {
    fs::create_directories(recordings());
    std::ofstream(recordings() / "open.jsonl")
        << R"({"devices":{"g":{"flaw":")" << flaw << R"("}}})" << '\n'
        << R"({"input":{"kind":"message","device":"g","name":"flawed/g/answer","data":"hello"}})"
        << "\n"
        << R"({"not_understood":true})" << '\n'
        << R"({"input":{"kind":"command","device":"g","name":"open","data":{}}})" << '\n'
        << R"({"effects":[{"kind":"publish","device":"g","name":"flawed/g/command","data":"on"}]})"
        << '\n'
        << R"({"input":{"kind":"message","device":"g","name":"flawed/g/answer","data":"opened"}})"
        << '\n'
        << R"({"effects":[{"kind":"event","device":"g","name":"opened","data":{"command":1}}]})"
        << '\n'
        << more;
    return run_conformance({.folder = XIAOGATE_FLAWED,
                            .recordings = recordings(),
                            .runner = XIAOGATE_PLUGIN_RUNNER,
                            .quick = true});
  }
  fs::path recordings() const { return directory_.path() / "recordings"; }

  // The problems that were errors, by name.
  static std::set<std::string> errors(const Report& report) {
    std::set<std::string> names;
    for (const auto& check : report.checks) {
      for (const auto& finding : check.findings) {
        if (finding.severity == Severity::error) names.insert(name_of(finding.problem));
      }
    }
    return names;
  }

  test::TempDir directory_;
};

using Names = std::set<std::string>;

TEST_F(Conformance, AGoodPluginConforms) {
  const Report report = run("none");
  EXPECT_TRUE(report.conforms());
  EXPECT_EQ(errors(report), Names{});
  for (const auto& check : report.checks) EXPECT_TRUE(check.ran) << name_of(check.check);
  EXPECT_EQ(report.plugin, "flawed");
}

TEST_F(Conformance, FindsWhatItPublishesElsewhere) {
  EXPECT_THAT(errors(run("topic")), testing::Contains("topic_not_allowed"));
  EXPECT_THAT(errors(run("device")), testing::Contains("unknown_device"));
}

TEST_F(Conformance, FindsAnEventThatBreaksItsModel) {
  EXPECT_THAT(errors(run("model")), testing::Contains("breaks_model"));
}

TEST_F(Conformance, FindsACrashAndGoesOn) {
  const Report report = run("crash");
  EXPECT_EQ(errors(report), Names{"crashed"});
  EXPECT_TRUE(report.of(Check::memory).ran);
}

TEST_F(Conformance, FindsALeak) {
  EXPECT_EQ(errors(run("leak")), Names{"memory_grows"});
}

TEST_F(Conformance, FindsThatItDoesNotStart) {
  const Report report = run("create");
  EXPECT_EQ(errors(report), Names{"does_not_start"});
  EXPECT_FALSE(report.of(Check::hostile).ran);
}

TEST_F(Conformance, FindsThatItRefusesItsOwnState) {
  EXPECT_THAT(errors(run("state")), testing::Contains("restart_fails"));
}

TEST_F(Conformance, FindsACommandThatARestartTakesAway) {
  EXPECT_EQ(errors(run("forgets")), Names{"command_lost_by_restart"});
}

TEST_F(Conformance, FindsWhatIsNotTheSameTwice) {
  EXPECT_THAT(errors(run("random")), testing::Contains("differs_when_repeated"));
}

TEST_F(Conformance, TellsOtherEffectsThanRecordedAtTheirLine) {
  const Report report =
      run("none", R"({"input":{"kind":"command","device":"g","name":"open","data":{}}}
{"effects":[]}
)");
  EXPECT_EQ(errors(report), Names{"wrong_effects"});
  EXPECT_EQ(report.of(Check::recordings).findings.at(0).where, "open.jsonl:9");
}

TEST_F(Conformance, TellsEveryFaultOfTheRecordings) {
  const Report report = run("none", "{\"input\":7}\n{}\n");
  EXPECT_EQ(errors(report), Names{"recording_fault"});
  EXPECT_GE(report.of(Check::recordings).findings.size(), 2U);
}

TEST_F(Conformance, TellsEveryFaultOfTheManifest) {
  std::ofstream(directory_.path() / "manifest.json")
      << R"({"name":"Bad Name","version":"1","abi":9,"topics":{"subscribe":[7],"publish":["a/+"]}})";
  const Report report = run_conformance({.folder = directory_.path(),
                                         .recordings = {},
                                         .runner = XIAOGATE_PLUGIN_RUNNER,
                                         .quick = true});
  EXPECT_EQ(errors(report), (Names{"manifest_fault", "model_fault"}));
  std::string told;
  for (const auto& check : report.checks) {
    for (const auto& finding : check.findings) told += finding.detail + "\n";
  }
  for (const char* pointer : {"/name", "/abi", "/vendor", "/interfaces", "/topics/subscribe/0",
                              "/topics/publish/0", "/options"}) {
    EXPECT_THAT(told, testing::HasSubstr(pointer));
  }
}

}  // namespace
}  // namespace xiaogate::kit
