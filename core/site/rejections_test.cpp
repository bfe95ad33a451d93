#include "site/rejections.h"

#include <gtest/gtest.h>

namespace xiaogate::site {
namespace {

std::vector<Record> records(const Effects& effects) {
  std::vector<Record> all;
  for (const auto& write : effects.writes) all.push_back(std::get<AppendRecord>(write).record);
  return all;
}

TEST(Rejections, AFloodBecomesTwoRecordsWithTheWholeCount) {
  Rejections rejections;
  JournalWriter journal(0, Digest{}, WallTime{});
  Instant now{};
  Effects out;
  for (int i = 0; i < 1000; ++i) {
    rejections.reject(out, journal, now, "message_rejected", "reader-1", "too_large", "x\x01y");
  }
  ASSERT_EQ(records(out).size(), 1U);
  EXPECT_EQ(records(out)[0].body,
            R"({"count":1,"detail":"x?y","reason":"too_large","source":"reader-1"})");
  ASSERT_EQ(rejections.next_deadline(), now.mono + Rejections::kWindow);
  rejections.flush(out, journal, now);
  ASSERT_EQ(records(out).size(), 1U) << "the window has not ended";
  now.mono += Rejections::kWindow;
  rejections.flush(out, journal, now);
  ASSERT_EQ(records(out).size(), 2U);
  EXPECT_EQ(records(out)[1].body,
            R"({"count":999,"detail":"x?y","reason":"too_large","source":"reader-1"})");
  EXPECT_EQ(rejections.total(), 1000U);
  EXPECT_EQ(rejections.next_deadline(), std::nullopt);
}

TEST(Rejections, SourcesAndReasonsAreToldApart) {
  Rejections rejections;
  JournalWriter journal(0, Digest{}, WallTime{});
  Effects out;
  rejections.reject(out, journal, {}, "message_rejected", "a", "x", "");
  rejections.reject(out, journal, {}, "message_rejected", "a", "y", "");
  rejections.reject(out, journal, {}, "message_rejected", "b", "x", "");
  EXPECT_EQ(records(out).size(), 3U);
}

}  // namespace
}  // namespace xiaogate::site
