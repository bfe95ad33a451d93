#include "site/reporter.h"

#include <gtest/gtest.h>

#include "site/journal_writer.h"

namespace xiaogate::site {
namespace {

using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Ranges sent(Reporter& reporter, std::uint64_t head, MonoTime now) {
  Effects out;
  reporter.send(out, head, now);
  Ranges ranges;
  for (const auto& action : out.actions) {
    const auto& report = std::get<SendReport>(action);
    ranges.emplace_back(report.first, report.last);
  }
  return ranges;
}

bool acknowledge(Reporter& reporter, std::uint64_t through, std::uint64_t head) {
  Effects out;
  return reporter.acknowledge(out, through, head, MonoTime{});
}

TEST(Reporter, SaysNothingWithoutALink) {
  Reporter reporter(0);
  EXPECT_TRUE(sent(reporter, 10, MonoTime{}).empty());
}

TEST(Reporter, SendsEachRecordOnceInBatches) {
  Reporter reporter(3);
  reporter.link_changed(true);
  EXPECT_EQ(sent(reporter, 70, MonoTime{}), (Ranges{{4, 67}, {68, 70}}));
  EXPECT_TRUE(sent(reporter, 70, MonoTime{}).empty());
}

TEST(Reporter, ARecordWaitsAMomentForOthers) {
  Reporter reporter(0);
  reporter.link_changed(true);
  EXPECT_TRUE(sent(reporter, 1, MonoTime{}).empty());
  EXPECT_EQ(reporter.next_deadline(), MonoTime{} + Reporter::kGather);
  EXPECT_TRUE(sent(reporter, 2, MonoTime{} + Reporter::kGather - Millis(1)).empty());
  EXPECT_EQ(sent(reporter, 3, MonoTime{} + Reporter::kGather), (Ranges{{1, 3}}));
  EXPECT_EQ(reporter.next_deadline(), MonoTime{} + Reporter::kGather + Reporter::kSilence);
}

TEST(Reporter, AFullBatchWaitsForNothing) {
  Reporter reporter(0);
  reporter.link_changed(true);
  EXPECT_EQ(sent(reporter, Reporter::kBatch, MonoTime{}), (Ranges{{1, Reporter::kBatch}}));
}

TEST(Reporter, StopsAtTheWindowUntilAcknowledged) {
  Reporter reporter(0);
  reporter.link_changed(true);
  EXPECT_EQ(sent(reporter, 10'000, MonoTime{}).back().second, Reporter::kWindow);
  ASSERT_TRUE(acknowledge(reporter, 64, 10'000));
  EXPECT_EQ(sent(reporter, 10'000, MonoTime{}), (Ranges{{513, 576}}));
}

TEST(Reporter, SendsAgainAfterSilenceAndAfterAReconnect) {
  Reporter reporter(0);
  reporter.link_changed(true);
  sent(reporter, 5, MonoTime{});
  const MonoTime first = MonoTime{} + Reporter::kGather;
  sent(reporter, 5, first);
  EXPECT_EQ(reporter.next_deadline(), first + Reporter::kSilence);
  EXPECT_EQ(sent(reporter, 5, first + Reporter::kSilence), (Ranges{{1, 5}}));
  ASSERT_TRUE(acknowledge(reporter, 2, 5));
  reporter.link_changed(false);
  reporter.link_changed(true);
  const MonoTime again = first + 2 * Reporter::kSilence;
  EXPECT_TRUE(sent(reporter, 5, again).empty());
  EXPECT_EQ(sent(reporter, 5, again + Reporter::kGather), (Ranges{{3, 5}}));
}

TEST(Reporter, RefusesAnAcknowledgementBeyondTheJournal) {
  Reporter reporter(0);
  EXPECT_FALSE(acknowledge(reporter, 6, 5));
  EXPECT_EQ(reporter.acknowledged(), 0U);
}

TEST(Reporter, IgnoresAnOldAcknowledgement) {
  Reporter reporter(4);
  Effects out;
  EXPECT_TRUE(reporter.acknowledge(out, 2, 5, MonoTime{}));
  EXPECT_TRUE(out.writes.empty());
  EXPECT_EQ(reporter.acknowledged(), 4U);
}

}  // namespace
}  // namespace xiaogate::site
