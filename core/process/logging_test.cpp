#include "process/logging.h"

#include <regex>

#include <gtest/gtest.h>

namespace xiaogate::process {
namespace {

TEST(LogLine, FieldsFollowTheEvent) {
  EXPECT_EQ(log_line("hub connected", {{"host", "hub.example"}, {"attempt", 3}, {"tls", true}}),
            "hub connected host=hub.example attempt=3 tls=true");
}

TEST(LogLine, OneValueStaysOneValue) {
  EXPECT_EQ(log_line("e", {{"v", "two words"}}), "e v=\"two words\"");
  EXPECT_EQ(log_line("e", {{"v", ""}}), "e v=\"\"");
  EXPECT_EQ(log_line("e", {{"v", "a\"b\\c"}}), "e v=\"a\\\"b\\\\c\"");
  EXPECT_EQ(log_line("e", {{"v", "x=1"}}), "e v=\"x=1\"");
}

TEST(LogLine, HostileBytesCannotMakeASecondLine) {
  EXPECT_EQ(log_line("e\n2026 info", {{"v", "a\nb\x1b[2J"}}),
            "e\\x0a2026 info v=\"a\\x0ab\\x1b[2J\"");
  EXPECT_EQ(log_line("e", {{"v", std::string_view("\0\x7f", 2)}}), "e v=\"\\x00\\x7f\"");
}

TEST(LogLine, TextInUtf8StaysAndOtherBytesDoNot) {
  EXPECT_EQ(log_line("e", {{"gate", "东门"}}), "e gate=东门");
  EXPECT_EQ(log_line("e", {{"gate", "a\xff\xc3"}}), "e gate=a??");
}

TEST(Log, GoesToStderrOnceAndHidesWhatIsBelowTheLevel) {
  testing::internal::CaptureStderr();
  start_logging("xiaogated", LogLevel::warning);
  log_info("hidden");
  log_warning("disk low", {{"free_mib", 12}});
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(std::regex_match(
      text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning xiaogated: disk low )"
                       R"(free_mib=12\n)")))
      << text;
}

TEST(LogLevel, NamesRoundTrip) {
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    EXPECT_EQ(parse_log_level(to_string(level)), level);
  }
  EXPECT_EQ(parse_log_level("loud"), std::nullopt);
}

}  // namespace
}  // namespace xiaogate::process
