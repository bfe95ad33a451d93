#include "process/options.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "process/exit_code.h"

namespace xiaogate::process {
namespace {

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome run(const Command& program, std::vector<const char*> words) {
  words.insert(words.begin(), "/usr/bin/xiaogate");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run_program(program, "1.2.3", static_cast<int>(words.size()), words.data());
  Outcome outcome{code, testing::internal::GetCapturedStdout(),
                  testing::internal::GetCapturedStderr()};
  return outcome;
}

struct Fixture {
  std::string config = "/etc/site.json";
  std::int64_t ttl = 3000;
  bool json = false;
  LogLevel level = LogLevel::info;
  std::string seq;
  std::string ran;

  Command program() {
    return {.name = "xiaogate",
            .help = "One command for the gate.",
            .options = {{"--config,-c", &config, "The configuration."},
                        {"--log-level", &level, "What the log shows."}},
            .commands = {{.name = "journal",
                          .help = "The record.",
                          .commands = {{.name = "show",
                                        .help = "Prints it.",
                                        .options = {{"--json", &json, "As JSON."},
                                                    {.names = "--ttl",
                                                     .target = &ttl,
                                                     .help = "Milliseconds.",
                                                     .least = 100,
                                                     .most = 60000},
                                                    {.names = "from",
                                                     .target = &seq,
                                                     .help = "First.",
                                                     .required = true}},
                                        .run = [this] { return ran = "show", 7; }}}}}};
  }
};

TEST(Options, RunsTheNamedCommandWithItsValues) {
  Fixture f;
  const Outcome outcome = run(f.program(), {"-c", "/tmp/x.json", "--log-level", "debug", "journal",
                                            "show", "--json", "--ttl", "100", "42"});
  EXPECT_EQ(outcome.code, 7) << outcome.err;
  EXPECT_EQ(f.ran, "show");
  EXPECT_EQ(f.config, "/tmp/x.json");
  EXPECT_EQ(f.ttl, 100);
  EXPECT_TRUE(f.json);
  EXPECT_EQ(f.seq, "42");
  EXPECT_EQ(f.level, LogLevel::debug);
}

TEST(Options, KeepsDefaults) {
  Fixture f;
  EXPECT_EQ(run(f.program(), {"journal", "show", "1"}).code, 7);
  EXPECT_EQ(f.config, "/etc/site.json");
  EXPECT_EQ(f.ttl, 3000);
  EXPECT_EQ(f.level, LogLevel::info);
}

TEST(Options, HelpAndVersionSucceed) {
  Fixture f;
  const Outcome help = run(f.program(), {"--help"});
  EXPECT_EQ(help.code, kExitOk);
  EXPECT_NE(help.out.find("/etc/site.json"), std::string::npos) << help.out;
  EXPECT_NE(help.out.find("journal"), std::string::npos) << help.out;
  EXPECT_NE(run(f.program(), {"journal", "show", "--help"}).out.find("Milliseconds"),
            std::string::npos);
  const Outcome version = run(f.program(), {"--version"});
  EXPECT_EQ(version.code, kExitOk);
  EXPECT_EQ(version.out, "xiaogate 1.2.3\n");
  EXPECT_EQ(f.ran, "");
}

class Misuse : public testing::TestWithParam<std::vector<const char*>> {};

TEST_P(Misuse, IsToldInOneLineWithExitCodeTwo) {
  Fixture f;
  const Outcome outcome = run(f.program(), GetParam());
  EXPECT_EQ(outcome.code, kExitUsage) << outcome.err;
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  EXPECT_NE(outcome.err.find("--help"), std::string::npos) << outcome.err;
  EXPECT_EQ(f.ran, "");
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Misuse,
    testing::Values(std::vector<const char*>{}, std::vector<const char*>{"journal"},
                    std::vector<const char*>{"jurnal"}, std::vector<const char*>{"journal", "show"},
                    std::vector<const char*>{"journal", "show", "1", "2"},
                    std::vector<const char*>{"journal", "show", "1", "--ttl", "99"},
                    std::vector<const char*>{"journal", "show", "1", "--ttl", "60001"},
                    std::vector<const char*>{"journal", "show", "1", "--ttl", "soon"},
                    std::vector<const char*>{"--log-level", "loud", "journal", "show", "1"},
                    std::vector<const char*>{"--config"}));

TEST(Options, AnEscapedExceptionFailsWithASentence) {
  const Command program{
      .name = "xiaogated", .help = "", .run = []() -> int { throw std::runtime_error("boom"); }};
  const Outcome outcome = run(program, {});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_NE(outcome.err.find("boom"), std::string::npos);
}

}  // namespace
}  // namespace xiaogate::process
